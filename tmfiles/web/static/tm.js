// The frame of every page: the look, the keyboard, the palette, what is told, and what changes while one looks.

import { bind, help } from "./keys.js";
import { add, palette } from "./palette.js";
import { live } from "./live.js";
import { undo } from "./changes.js";

function theme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("tm-theme", root.dataset.theme);
  } catch {
    // It holds for this page, then.
  }
}

function search() {
  const field = document.getElementById("find");
  field.focus();
  field.select();
}

const acts = { add, keys: help, theme };

for (const element of document.querySelectorAll("[data-do]")) {
  element.hidden = false;
  element.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    acts[element.dataset.do]();
  });
}

if (document.getElementById("find")) bind("/", "Search", search);
if (document.querySelector("[data-do=add]")) bind("n", "New task", add);
bind("p", "Everything by name", palette);
bind("mod+k", "Everything by name", palette);
bind("u", "Undo the last change", () => undo());
bind("t", "Light or dark", theme);
bind("?", "This help", help);
for (const link of document.querySelectorAll("[data-go]")) {
  bind(`g ${link.dataset.go}`, link.textContent, () => link.click(), "Go to");
}

document.getElementById("find")?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.blur();
});

if (document.querySelector("[data-go]")) live();
