// Saved views: addresses with a name, kept by this browser; an address can be passed on as it is.

import { bind, dialog } from "./keys.js";

const KEPT = "tm-views";

/** Give the saved views: their names and addresses. */
export function views() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => /^\/(?![/\\])/.test(one?.address) && one.name) : [];
  } catch {
    return [];
  }
}

function keep(all) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(all));
  } catch {
    // Then the view is an address and no more.
  }
  draw();
}

function here() {
  const query = new URLSearchParams(location.search);
  for (const name of ["done", "page", "more"]) query.delete(name);
  return location.pathname + (query.size ? `?${query}` : "");
}

function name() {
  const form = document.createElement("form");
  const label = document.createElement("label");
  label.className = "field";
  const field = document.createElement("input");
  field.required = true;
  field.maxLength = 60;
  label.append("Name", field);
  const foot = document.createElement("div");
  foot.className = "foot";
  const button = document.createElement("button");
  button.className = "main-button";
  button.textContent = "Save";
  foot.append(button);
  form.append(label, foot);
  const box = dialog("Save this view", form);
  field.focus();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = here();
    keep([...views().filter((one) => one.address !== address), { name: field.value.trim(), address }]);
    box.close();
  });
}

function draw() {
  const place = document.querySelector("[data-views]");
  if (!place) return;
  const address = here();
  const all = views();
  const links = all.map((one) => {
    const link = document.createElement("a");
    link.href = one.address;
    link.className = "view";
    link.textContent = one.name;
    if (one.address === address) link.setAttribute("aria-current", "true");
    return link;
  });
  const known = all.some((one) => one.address === address);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = known ? "Forget this view" : "Save this view";
  button.addEventListener("click", () => (known ? keep(all.filter((one) => one.address !== address)) : name()));
  const plain = address === location.pathname;
  place.replaceChildren(...links, ...(plain && !known ? [] : [button]));
  place.hidden = !place.childElementCount;
}

/** Show the saved views of this page, and follow where it goes. */
export function show() {
  draw();
  document.addEventListener("tm:shown", draw);
  bind("v", "Save this view", name, "Here");
}
