// The list by key, and several rows at once: what is ticked, in one commit.

import { asking } from "./asking.js";
import { bind } from "./keys.js";
import { change } from "./changes.js";

const boxes = () => [...document.querySelectorAll("#bulk input[name=id]")];
const rows = () => [...document.querySelectorAll("#bulk tr.row")];
const current = () => document.activeElement?.closest?.("tr.row");
let last = null;

/** Show how many are ticked, and what can be done with them. */
function count() {
  const form = document.getElementById("bulk");
  if (!form) return;
  const ticked = boxes().filter((box) => box.checked).length;
  if (!form.querySelector("[data-bulk]")) return; // who may only read has nothing to tick for
  form.querySelector("[data-bulk]").hidden = !ticked;
  form.querySelector("[data-chosen]").textContent = `${ticked} ticked`;
  const every = form.querySelector("[data-all]");
  every.hidden = false;
  every.checked = ticked > 0 && ticked === boxes().length;
  every.indeterminate = ticked > 0 && !every.checked;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.closest("#bulk")) count();
});

document.addEventListener("click", (event) => {
  if (!event.target.matches("#bulk input[name=id]")) return;
  if (event.shiftKey && last?.isConnected) {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
    for (const box of all.slice(from, to + 1)) box.checked = event.target.checked;
  }
  last = event.target;
  count();
});

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("#bulk")) return;
  event.preventDefault();
  const form = event.target;
  if (await change("/list", new FormData(form, event.submitter))) {
    form.reset();
    count();
  }
});

function go(step) {
  return (event) => {
    const all = rows();
    const at = all.indexOf(current());
    if (at < 0 && event.key.startsWith("Arrow")) return false;
    const to = all[at < 0 ? 0 : at + step] ?? all[at];
    to?.querySelector("a.title").focus();
    to?.scrollIntoView({ block: "nearest" });
    return true;
  };
}

for (const key of ["j", "ArrowDown"]) bind(key, "The row below", go(1), "Rows");
for (const key of ["k", "ArrowUp"]) bind(key, "The row above", go(-1), "Rows");
bind("x", "Tick the row", () => {
  const box = current()?.querySelector("input[name=id]");
  if (!box) return false;
  box.checked = !box.checked;
  last = box;
  count();
  return true;
}, "Rows");

bind("e", "Change what is ticked", () => {
  const bar = document.querySelector("[data-bulk]:not([hidden])");
  bar?.querySelector("select").focus();
  return Boolean(bar);
}, "Rows");

document.addEventListener("tm:shown", count);
asking();
count();
