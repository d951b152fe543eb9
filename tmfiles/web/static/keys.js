// The keyboard: which keys do what, told by one dialog. A key alone is heard where nobody types, and can be switched off.

const bound = new Map();
const KEPT = "tm-keys";
let first = "";
let waiting = 0;

/** Let a key do something: `n`, `?`, `mod+k`, `shift+ArrowUp`, or two after each other as `g b`. */
export function bind(keys, words, act, group = "Anywhere") {
  bound.set(keys, { words, act, group });
}

/** Tell whether keys without Ctrl are heard. */
export function heard() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

/** Give what is bound, for the palette: keys, words, act. */
export function all() {
  return [...bound].map(([keys, one]) => ({ keys, ...one }));
}

function name(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const letter = /^[a-z]$/.test(key) || event.key.length > 1;
  const shift = event.shiftKey && letter ? "shift+" : "";
  return (event.ctrlKey || event.metaKey ? "mod+" : "") + (event.altKey ? "alt+" : "") + shift + key;
}

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.type !== "checkbox";
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || /^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
  const pressed = name(event);
  const plain = !pressed.startsWith("mod+");
  if (plain && (typing(event.target) || !heard() || document.querySelector("dialog[open]"))) return;
  const two = first && `${first} ${pressed}`;
  const found = (two && bound.get(two)) || bound.get(pressed);
  clearTimeout(waiting);
  first = "";
  if (found) {
    // What says no leaves the key to the browser.
    if (found.act(event) !== false) event.preventDefault();
  } else if ([...bound.keys()].some((keys) => keys.startsWith(`${pressed} `))) {
    first = pressed;
    waiting = setTimeout(() => (first = ""), 1500);
  }
});

const SHOWN = {
  mod: /Mac|iP/.test(navigator.platform) ? "⌘" : "Ctrl", shift: "⇧", alt: "Alt",
  ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Enter: "↵",
};

/** Give keys as they are shown, each in its own mark. */
export function shown(keys) {
  return keys.split(" ").flatMap((part) => {
    const marks = part.split("+").filter(Boolean).map((key) => {
      const mark = document.createElement("kbd");
      mark.textContent = SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key);
      if (/^[^a-z]$/.test(key)) mark.textContent = key;
      return mark;
    });
    return marks.flatMap((mark, at) => (at ? [" ", mark] : [mark])).concat(" ");
  });
}

/** Make a dialog with a head, and show it; it goes when it is closed. */
export function dialog(title, ...content) {
  const made = document.createElement("dialog");
  made.setAttribute("aria-label", title);
  const head = document.createElement("div");
  head.className = "head";
  const words = document.createElement("h2");
  words.textContent = title;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "quiet icon-button";
  close.setAttribute("aria-label", "Close");
  close.textContent = "✕";
  close.addEventListener("click", () => made.close());
  head.append(words, close);
  const body = document.createElement("div");
  body.className = "body";
  body.append(...content);
  made.append(head, body);
  made.addEventListener("close", () => made.remove());
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  document.body.append(made);
  // Who opens it begins at its top, and the first press of Tab leads to what is in it.
  made.tabIndex = -1;
  made.showModal();
  made.focus();
  return made;
}

/** Show all keys. */
export function help() {
  const groups = new Map();
  for (const { keys, words, group } of all()) {
    if (!groups.has(group)) groups.set(group, []);
    const row = groups.get(group).find((one) => one[1] === words);
    if (row) row[0] += ` ${keys}`;
    else groups.get(group).push([keys, words]);
  }
  const table = document.createElement("div");
  table.className = "keys";
  for (const [group, rows] of groups) {
    const part = document.createElement("section");
    const head = document.createElement("h3");
    head.textContent = group;
    const list = document.createElement("dl");
    for (const [keys, words] of rows) {
      const term = document.createElement("dt");
      term.append(...shown(keys));
      const said = document.createElement("dd");
      said.textContent = words;
      list.append(term, said);
    }
    part.append(head, list);
    table.append(part);
  }
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = heard();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, box.checked ? "on" : "off");
    } catch {
      // Nothing is kept here, so nothing is switched off.
    }
  });
  label.append(box, "Listen to keys without Ctrl");
  const foot = document.createElement("div");
  foot.className = "foot";
  foot.append(label);
  dialog("Keyboard", table, foot);
}
