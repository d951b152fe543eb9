// What changes something: sends a form, tells what came of it with a way back, and has the page show it.

import { refresh } from "./live.js";

/** A refusal, with the server's words and its advice. */
export class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail ?? `The server answered ${status}`);
    this.hint = problem.hint ?? "";
    this.status = status;
  }
}

/** Send the fields of a form; gives what was done, throws `Refused`. */
export async function send(path, fields) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { Accept: "application/json", "X-Form-Token": document.querySelector("[name=form_token]")?.value ?? "" },
      body: new URLSearchParams(fields),
    });
  } catch {
    throw new Refused({ detail: "The server cannot be reached" }, 0);
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(body, answer.status);
  return body;
}

/** Tell something in the corner; `act` is {words, act} of a button. It stays while somebody looks at it. */
export function tell(words, { act = null, wrong = false, link = "" } = {}) {
  const toast = document.createElement("div");
  toast.className = wrong ? "toast red" : "toast";
  const said = document.createElement("p");
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.textContent = words;
    said.append(anchor);
  } else {
    said.textContent = words;
  }
  toast.append(said);
  let timer = 0;
  const away = () => toast.remove();
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(away, wrong ? 15000 : 9000);
  };
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = act.words;
    button.addEventListener("click", () => {
      away();
      act.act();
    });
    toast.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "quiet icon-button";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "✕";
  close.addEventListener("click", away);
  toast.append(close);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  document.querySelector(".toasts").append(toast);
  wait();
  while (document.querySelectorAll(".toast").length > 3) document.querySelector(".toast").remove();
  return toast;
}

/** Tell what was refused. */
export function complain(error) {
  if (!(error instanceof Refused)) throw error;
  tell([error.message, error.hint].filter(Boolean).join(" · "), { wrong: true });
}

/** Change something, tell of it with Undo, and show it; gives what was done, or null where it was refused. */
export async function change(path, fields) {
  let done = null;
  let refused = null;
  try {
    done = await send(path, fields);
  } catch (error) {
    refused = error;
  }
  await refresh();
  if (refused) complain(refused);
  else tell(done.words, done.commit ? { act: { words: "Undo", act: () => undo(done.commit) } } : {});
  return done;
}

/** Take back what a commit did; without one, the last thing that this person did. */
export function undo(commit = "") {
  return change("/undo", { commit });
}
