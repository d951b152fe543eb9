// The frame of every page: the look, and the keyboard.

import { bind, help } from "./keys.js";

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

const acts = { keys: help, theme };

for (const element of document.querySelectorAll("[data-do]")) {
  element.hidden = false;
  element.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    acts[element.dataset.do]();
  });
}

bind("t", "Light or dark", theme);
bind("?", "This help", help);
for (const link of document.querySelectorAll("[data-go]")) {
  bind(`g ${link.dataset.go}`, link.textContent, () => link.click(), "Go to");
}
