// The pages of one task: forms saved without leaving the page, drafts that are never lost, tasks found by their words.

import { bind } from "./keys.js";

const main = () => document.querySelector("main");
const say = (() => {
  const box = document.createElement("div");
  box.className = "unseen";
  box.setAttribute("role", "status");
  document.body.append(box);
  return (words) => {
    box.textContent = words;
  };
})();

// -- drafts: what was typed stays in this tab until it is saved -------------------------------------------------

const place = () => document.querySelector("[data-task]")?.dataset.task ?? location.pathname;
const key = (form) => `tm:draft:${place()}:${form.dataset.draft}`;
const controls = (form) => [...form.elements].filter((one) => one.matches("textarea, input:not([type=hidden]), select") && !one.readOnly);

function keep(form) {
  const values = Object.fromEntries(controls(form).map((one) => [one.name, one.value]));
  const changed = controls(form).some((one) => one.value !== initial(one));
  try {
    if (changed) sessionStorage.setItem(key(form), JSON.stringify(values));
    else sessionStorage.removeItem(key(form));
  } catch {
    // A browser that keeps nothing keeps the page itself.
  }
}

function initial(one) {
  return one.matches("select") ? ([...one.options].find((it) => it.defaultSelected) ?? one.options[0])?.value : one.defaultValue;
}

function forget(form) {
  try {
    sessionStorage.removeItem(key(form));
  } catch {
    // As above.
  }
}

function restore(form) {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(key(form)));
  } catch {
    return;
  }
  if (!kept) return;
  let used = false;
  for (const one of controls(form)) {
    if (one.name in kept && kept[one.name] !== one.value) {
      one.value = kept[one.name];
      used = true;
    }
  }
  if (!used) return;
  form.closest("details")?.setAttribute("open", "");
  const note = document.createElement("p");
  note.className = "notice amber";
  note.append("This was typed before and not saved. ");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "quiet small";
  drop.textContent = "Forget it";
  drop.addEventListener("click", () => {
    forget(form);
    form.reset();
    note.remove();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  note.append(drop);
  form.append(note);
}

// -- forms ----------------------------------------------------------------------------------------------------

async function send(form, button) {
  const data = new URLSearchParams(new FormData(form, button));
  form.setAttribute("aria-busy", "true");
  let answer;
  let text;
  try {
    answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "text/html" } });
    text = await answer.text();
  } catch {
    form.removeAttribute("aria-busy");
    complain(form, "The server cannot be reached. What you typed is kept: try again.");
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("main");
  if (!fresh || (answer.status >= 500 && !fresh.querySelector("[data-task]"))) {
    form.removeAttribute("aria-busy");
    complain(form, page.querySelector("main p")?.textContent ?? "The server failed. What you typed is kept.");
    return;
  }
  const saved = answer.redirected && answer.ok;
  const asked = data.get("do") === "check";
  if ((saved || answer.status === 410) && !asked && form.dataset.draft) forget(form);
  if (form.closest("dialog") && saved) forgetField(form);
  const other = new URL(answer.url);
  const next = answer.redirected ? other.pathname + other.search : null;
  show(fresh, page.title, form, next);
}

function forgetField(form) {
  const name = form.elements.field?.value;
  try {
    sessionStorage.removeItem(`tm:draft:${place()}:${name}`);
  } catch {
    // As above.
  }
}

function show(fresh, title, form, next) {
  const back = focusPlace(form);
  const at = [window.scrollX, window.scrollY];
  main().replaceWith(document.adoptNode(fresh));
  if (title) document.title = title;
  if (next && next !== location.pathname + location.search) history.replaceState(null, "", next);
  document.dispatchEvent(new CustomEvent("tm:shown"));
  window.scrollTo(...at);
  const told = main().querySelector("[role=alert], .notice.green");
  if (told) say(told.innerText.replace(/\n+/g, " "));
  const refused = main().querySelector("form [role=alert]");
  const goal = main().querySelector("dialog[open] [autofocus]") ?? (refused ? controls(refused.closest("form"))[0] : find(back));
  goal?.focus({ preventScroll: !refused });
  if (!refused && main().querySelector(".notice.red")) main().querySelector(".notice.red").scrollIntoView({ block: "nearest" });
}

// Where the hand was: the control in a place of the page that has a name, or the summary that opened the form.
function focusPlace(form) {
  const holder = form.closest("[id]");
  const typed = controls(form).find((one) => one.id);
  return { id: holder?.id, control: form.closest("details") ? null : typed?.id, action: new URL(form.action).pathname };
}

function find(back) {
  return (
    (back.control && document.getElementById(back.control)) ||
    (back.id && document.getElementById(back.id)?.querySelector("summary, button, input")) ||
    main().querySelector(`form[action="${CSS.escape(back.action)}"] button`) ||
    main().querySelector(".verbs button")
  );
}

function complain(form, words) {
  form.querySelector(".notice.red")?.remove();
  const note = document.createElement("div");
  note.className = "notice red";
  note.setAttribute("role", "alert");
  const told = document.createElement("p");
  told.textContent = words;
  note.append(told);
  form.append(note);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || !("swap" in form.dataset)) return;
  if (form.dataset.swap === "follow" || form.getAttribute("aria-busy")) {
    if (form.getAttribute("aria-busy")) event.preventDefault();
    return;
  }
  event.preventDefault();
  if (form.dataset.draft) keep(form);
  send(form, event.submitter);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  keep(form);
  hold(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-close]");
  if (!button) return;
  const form = button.closest("form");
  setTimeout(() => {
    forget(form);
    close(form.closest("details"));
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
    event.preventDefault();
    const form = event.target.form;
    form.requestSubmit(form.querySelector("button.main-button") ?? form.querySelector("button:not([type=reset])"));
  }
  if (event.key === "Escape" && !event.defaultPrevented) {
    const open = event.target.closest?.("details[open]");
    if (open) {
      event.preventDefault();
      close(open);
    }
  }
});

function close(details) {
  if (!details) return;
  details.open = false;
  details.querySelector("summary").focus();
}

// -- tasks by their words -----------------------------------------------------------------------------------------

let lists = 0;

function combobox(input) {
  const list = document.createElement("ul");
  list.id = `tasks-${++lists}`;
  list.className = "listbox";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Tasks");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("spellcheck", "false");
  const box = document.createElement("span");
  box.className = "combobox";
  input.replaceWith(box);
  box.append(input, list);
  let at = -1;
  let asked = 0;
  let timer = 0;

  const options = () => [...list.children].filter((one) => one.getAttribute("role") === "option");
  const shut = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const all = options();
    at = all.length ? (index + all.length) % all.length : -1;
    all.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
  };
  const take = (option) => {
    input.value = option.dataset.id;
    shut();
    const form = input.form;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
    if (form.dataset.draft?.startsWith("links-")) form.requestSubmit(form.querySelector("button[value=add]"));
  };
  const ask = async () => {
    const number = ++asked;
    let found;
    try {
      const answer = await fetch(`/candidates/${encodeURIComponent(place())}?q=${encodeURIComponent(input.value)}`);
      found = await answer.json();
    } catch {
      return;
    }
    if (number !== asked || document.activeElement !== input) return;
    list.replaceChildren(
      ...found.map((one, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.dataset.id = one.id;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const title = document.createElement("b");
        title.textContent = one.title;
        const more = document.createElement("small");
        more.textContent = `${one.id} · ${one.status.replace("_", " ")}`;
        option.append(title, more);
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => take(option));
        return option;
      }),
    );
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "empty";
      none.textContent = "No task has these words";
      list.append(none);
    }
    list.hidden = false;
    at = -1;
    input.setAttribute("aria-expanded", "true");
    say(found.length ? `${found.length} tasks` : "No task has these words");
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1));
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      take(options()[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      shut();
    }
  });
  input.addEventListener("blur", shut);
}

// -- a page, or what came in its place ---------------------------------------------------------------------------

const begun = new WeakSet();

// What is done once to an element, however often the page around it is shown anew.
function once(elements, act) {
  for (const one of elements) {
    if (begun.has(one)) continue;
    begun.add(one);
    act(one);
  }
}

// What somebody types in stays as it is, with what it was made from, when the page is shown anew.
function hold(form) {
  const open = form.closest("details")?.open ?? Boolean(form.querySelector("[data-tasks]"));
  form.toggleAttribute("data-keep", open || controls(form).some((one) => one.value !== initial(one)));
}

function start(root) {
  once(root.querySelectorAll("input[data-tasks]"), combobox);
  once(root.querySelectorAll("form[data-draft]"), (form) => {
    if (!form.querySelector("[role=alert]")) restore(form);
    hold(form);
  });
  once(root.querySelectorAll("details.edit, details.menu"), (details) => {
    details.addEventListener("toggle", () => {
      details.querySelectorAll("form[data-draft]").forEach(hold);
      if (details.open && !details.contains(document.activeElement?.closest("form"))) {
        const first = [...details.querySelectorAll("input, textarea, select, button")].find((one) => one.type !== "hidden");
        first?.focus();
      }
    });
  });
  once(root.querySelectorAll("dialog.clash"), (clash) => {
    clash.removeAttribute("open"); // as it came, it stands in the page: what follows is above it
    clash.showModal();
    clash.addEventListener("close", () => {
      main().setAttribute("data-live", "");
      const name = clash.querySelector("[name=field]").value;
      document.getElementById(`edit-${name}`)?.querySelector("summary")?.focus();
    });
  });
}

// Keys lead to places of the page; where it has none, they do nothing.
function lead(selector) {
  const found = document.querySelector(selector);
  if (!found) return false;
  if (found.matches("summary")) found.parentElement.open = true;
  else found.focus();
  found.scrollIntoView({ block: "nearest" });
  return true;
}

if (document.querySelector("[data-task]")) {
  bind("e", "Edit the description", () => lead("#edit-description summary"), "A task");
  bind("c", "Say something", () => lead("#in-say"), "A task");
  bind("d", "Add a dependency", () => lead("#add-depends_on"), "A task");
  for (const [key, words, part] of [["g x", "This task", ""], ["g h", "Its history", "/history"], ["g f", "Its file", "/file"]]) {
    bind(key, words, () => location.assign(`/tasks/${encodeURIComponent(place())}${part}`), "A task");
  }
}

document.addEventListener("tm:shown", () => start(document));
start(document);
