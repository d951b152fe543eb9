// Everything by name: pages, what can be done here, saved views, and tasks; and the dialog for a new task.

import { all, dialog, shown } from "./keys.js";
import { change, Refused, send, tell, undo } from "./changes.js";
import { refresh } from "./live.js";
import { views } from "./views.js";

function entries() {
  const found = [...document.querySelectorAll("[data-go]")].map((link) => ({
    words: `Go to ${link.textContent}`,
    keys: `g ${link.dataset.go}`,
    act: () => link.click(),
  }));
  const seen = new Set();
  for (const one of all()) {
    if (one.group === "Go to" || one.words === "Everything by name" || seen.has(one.words)) continue;
    seen.add(one.words);
    found.push(one);
  }
  for (const view of views()) {
    found.push({ words: `View: ${view.name}`, keys: "", act: () => (location.href = view.address) });
  }
  return found;
}

function fits(words, typed) {
  const low = words.toLowerCase();
  return typed.split(/\s+/).every((part) => low.includes(part));
}

/** Show the palette. */
export function palette() {
  const before = document.activeElement;
  const field = document.createElement("input");
  field.type = "text";
  field.placeholder = "A page, something to do, a task…";
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-label", "Everything by name");
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", "found");
  field.setAttribute("aria-autocomplete", "list");
  field.autocomplete = "off";
  const list = document.createElement("ul");
  list.id = "found";
  list.className = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  const box = dialog("Everything by name", field, list);
  box.classList.add("palette");
  field.focus();
  const known = entries();
  let options = [];
  let at = 0;
  let asked = 0;

  function draw() {
    list.replaceChildren(
      ...options.map((one, index) => {
        const item = document.createElement("li");
        item.id = `found-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(index === at));
        if (one.status) {
          const mark = document.createElement("span");
          mark.className = `status s-${one.status}`;
          const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
          picture.setAttribute("class", "i");
          picture.setAttribute("aria-hidden", "true");
          const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
          use.setAttribute("href", `#i-${one.status}`);
          picture.append(use);
          mark.append(picture);
          item.append(mark);
        }
        const words = document.createElement("span");
        words.className = "words";
        words.textContent = one.words;
        item.append(words);
        const side = document.createElement("span");
        side.className = "side";
        if (one.id) {
          side.classList.add("id");
          side.textContent = one.id;
        } else if (one.keys) {
          side.append(...shown(one.keys));
        }
        item.append(side);
        item.addEventListener("click", () => choose(index));
        return item;
      }),
    );
    if (options.length) field.setAttribute("aria-activedescendant", `found-${at}`);
    else field.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const one = options[index];
    if (!one) return;
    box.close();
    if (before?.isConnected) before.focus();
    one.act();
  }

  async function look() {
    const typed = field.value.trim().toLowerCase();
    const mine = ++asked;
    const matching = known.filter((one) => fits(one.words, typed));
    options = typed ? matching.slice(0, 8) : matching;
    at = 0;
    draw();
    if (!typed) return;
    const answer = await fetch(`/find?q=${encodeURIComponent(field.value)}`).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    const tasks = (await answer.json()).map(({ id, title, status }) => ({
      words: title,
      id,
      status,
      act: () => (location.href = `/tasks/${id}`),
    }));
    if (mine !== asked) return;
    options = [...matching.slice(0, tasks.length ? 4 : 8), ...tasks];
    draw();
  }

  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      at = (at + step + options.length) % options.length;
      draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(at);
    }
  });
  look();
}

/** Show the dialog for a new task; `text` stands in it already. */
export async function add(text = "") {
  const form = await part("/add");
  if (!form) return;
  const box = dialog("New task", form);
  const field = form.elements.text;
  field.value = typeof text === "string" ? text : "";
  field.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const done = await send("/add", new FormData(form));
      box.close();
      await refresh();
      tell(done.words, { act: { words: "Undo", act: () => undo(done.commit) }, link: `/tasks/${done.ids[0]}` });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      form.querySelector(".notice")?.remove();
      const notice = document.createElement("div");
      notice.className = "notice red";
      notice.setAttribute("role", "alert");
      notice.textContent = [error.message, error.hint].filter(Boolean).join(" · ");
      form.prepend(notice);
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }
  });
}

/** Show the form of another page in a dialog, and change what it says. */
export async function ask(title, address) {
  const form = await part(address);
  if (!form) return;
  const box = dialog(title, form);
  form.querySelector("select, input:not([type=hidden])")?.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    box.close();
    await change(form.getAttribute("action"), new FormData(form));
  });
}

async function part(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) {
    location.href = address;
    return null;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return document.adoptNode(page.getElementById("form"));
}
