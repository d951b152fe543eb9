// What the board and the list have in common: filters that act at once, links that stay, saved views.

import { bind } from "./keys.js";
import { stay } from "./live.js";
import { show } from "./views.js";

function address(form) {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  for (const [name, value] of [["by", "status"]]) if (query.get(name) === value) query.delete(name);
  return form.getAttribute("action") + (query.size ? `?${query}` : "");
}

export function asking() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".filter, [data-options]");
    if (!form) return;
    event.preventDefault();
    stay(address(form));
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-options]");
    if (form) stay(address(form));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-stay]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    stay(link.getAttribute("href"));
  });
  bind("f", "Filter", () => {
    const field = document.getElementById("q");
    field.focus();
    field.select();
  }, "Here");
  document.getElementById("q").addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.target.blur();
  });
  show();
}
