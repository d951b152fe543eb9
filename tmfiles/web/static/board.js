// The board by pointer and by key: a card is dragged, or carried with Shift and the arrows; both send the same form.

import { asking } from "./asking.js";
import { bind } from "./keys.js";
import { change, complain } from "./changes.js";
import { ask } from "./palette.js";

const board = () => document.getElementById("board");
const columnOf = (card) => card.closest("[data-column]");
const cardsOf = (column) => [...column.querySelectorAll(":scope > [data-cards] > .card:not(.dragged)")];

/** Send a card to a column, right before or after another card there. */
async function move(card, column, before, after) {
  const from = columnOf(card);
  const fields = {
    by: board().dataset.by,
    seen: from.dataset.column,
    ...(before ? { before: before.dataset.id } : after ? { after: after.dataset.id } : {}),
  };
  if (column !== from) {
    fields.to = column.dataset.column;
    if ("lanes" in board().dataset) Object.assign(fields, { lanes: board().dataset.lanes, lane: column.dataset.lane });
  }
  const list = column.querySelector("[data-cards]");
  if (list) list.insertBefore(card, before ?? after?.nextSibling ?? null);
  else card.remove();
  try {
    await change(`/tasks/${card.dataset.id}/move`, fields);
  } catch (error) {
    complain(error);
  }
}

// -- by pointer

let dragged = null;
const mark = document.createElement("li");
mark.className = "drop";
mark.setAttribute("aria-hidden", "true");

function target(event) {
  const column = event.target.closest?.("[data-column]");
  if (!column || !dragged) return null;
  const below = cardsOf(column).find((card) => {
    const box = card.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  return { column, below };
}

function clear() {
  mark.remove();
  document.querySelector(".over")?.classList.remove("over");
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".card");
  if (!card) return;
  dragged = card;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.id);
  requestAnimationFrame(() => card.classList.add("dragged"));
});

document.addEventListener("dragover", (event) => {
  const place = target(event);
  if (!place) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  const list = place.column.querySelector("[data-cards]");
  if (!place.column.classList.contains("over")) {
    clear();
    place.column.classList.add("over");
  }
  if (list && mark.nextElementSibling !== (place.below ?? null) || list && mark.parentNode !== list) {
    list.insertBefore(mark, place.below ?? null);
  }
});

document.addEventListener("drop", (event) => {
  const place = target(event);
  if (!place) return;
  event.preventDefault();
  const card = dragged;
  end();
  const others = cardsOf(place.column).filter((one) => one !== card);
  const below = others.includes(place.below) ? place.below : null;
  const last = others.at(-1);
  const stays = columnOf(card) === place.column && (card.nextElementSibling === below || (!below && card === card.parentNode.lastElementChild));
  if (!stays) move(card, place.column, below, below ? null : last);
});

function end() {
  dragged?.classList.remove("dragged");
  dragged = null;
  clear();
}

document.addEventListener("dragend", end);

// -- by key

const current = () => document.activeElement?.closest?.(".card");

function focus(card) {
  if (!card) return;
  card.querySelector("a.title").focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function columns() {
  return [...board().querySelectorAll("[data-column]:not(.folded)")];
}

function aside(card, step) {
  const all = columns();
  const at = all.indexOf(columnOf(card));
  const lane = columnOf(card).dataset.lane;
  const inLane = (one) => one && one.dataset.lane === lane;
  let to = at + step;
  while (inLane(all[to]) && !cardsOf(all[to]).length) to += step;
  if (!inLane(all[to])) return null;
  const top = card.getBoundingClientRect().top;
  return cardsOf(all[to]).reduce((best, one) => {
    const away = (each) => Math.abs(each.getBoundingClientRect().top - top);
    return !best || away(one) < away(best) ? one : best;
  }, null);
}

function along(card, step) {
  const all = columns().flatMap(cardsOf);
  const inside = cardsOf(columnOf(card));
  return inside[inside.indexOf(card) + step] ?? (board().dataset.lanes ? all[all.indexOf(card) + step] : null);
}

function go(step, way) {
  return (event) => {
    const card = current();
    if (card) focus(way(card, step) ?? card);
    else if (event.key.startsWith("Arrow")) return false;
    else focus(board().querySelector(".card"));
    return true;
  };
}

async function carry(card, step) {
  const inside = cardsOf(columnOf(card));
  const other = inside[inside.indexOf(card) + step];
  if (other) await move(card, columnOf(card), step < 0 ? other : null, step > 0 ? other : null);
}

async function across(card, step) {
  const lane = columnOf(card).dataset.lane;
  const all = [...board().querySelectorAll("[data-column]")].filter((one) => one.dataset.lane === lane);
  const to = all[all.indexOf(columnOf(card)) + step];
  if (to) await move(card, to, null, null);
}

function carrying(step, way) {
  return (event) => {
    const card = current();
    if (!card) return !event.key.startsWith("Arrow") ? true : false;
    const id = card.id;
    way(card, step).then(() => focus(document.getElementById(id)));
    return true;
  };
}

for (const [keys, words, step, way] of [
  ["j ArrowDown", "The card below", 1, along],
  ["k ArrowUp", "The card above", -1, along],
  ["h ArrowLeft", "The column before", -1, aside],
  ["l ArrowRight", "The column after", 1, aside],
]) {
  for (const key of keys.split(" ")) bind(key, words, go(step, way), "Cards");
}
for (const [keys, words, step, way] of [
  ["shift+ArrowDown", "Carry the card down", 1, carry],
  ["shift+ArrowUp", "Carry the card up", -1, carry],
  ["shift+ArrowLeft", "Carry it a column back", -1, across],
  ["shift+ArrowRight", "Carry it a column on", 1, across],
]) {
  bind(keys, words, carrying(step, way), "Cards");
}

const card = () => current() ?? board().querySelector(".card:hover");

bind("m", "Move the card to…", () => {
  const link = card()?.querySelector("[data-move]");
  if (!link) return false;
  ask("Move a task", link.getAttribute("href"));
  return true;
}, "Cards");

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-move]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  ask("Move a task", link.getAttribute("href"));
});

asking();
