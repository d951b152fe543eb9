// What changes while one looks: the page is fetched anew, and only what differs is put in its place, so that focus,
// scroll and what is being typed stay.

let running = null;
let again = false;

// A form that has a control called id gives that for its own.
const named = (node) => node?.getAttribute?.("id") ?? "";

/** Make one element like another of a newer page. What has an id is found again wherever it is now. */
export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || named(old) !== named(fresh)) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.hasAttribute("data-keep")) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  // What was typed or ticked is the person's: the attributes above only say what is so by default.
  if (old.nodeName === "TEXTAREA") return;
  const kept = new Map([...old.children].filter(named).map((one) => [named(one), one]));
  let at = old.firstChild;
  for (const one of [...fresh.childNodes]) {
    const same = named(one) ? kept.get(named(one)) : null;
    if (same) {
      if (same === at) at = at.nextSibling;
      else place(old, same, at);
      morph(same, one);
    } else if (at && !named(at) && at.nodeName === one.nodeName && !named(one)) {
      const next = at.nextSibling;
      morph(at, one);
      at = next;
    } else {
      old.insertBefore(one, at);
    }
  }
  const wanted = new Set([...fresh.childNodes].map(named).filter(Boolean));
  while (at) {
    const next = at.nextSibling;
    if (!wanted.has(named(at))) at.remove();
    at = next;
  }
  for (const [id, one] of kept) if (!wanted.has(id) && one.parentNode === old) one.remove();
}

function place(parent, node, before) {
  // Chromium's tab crashes where what a field offers is moved so.
  if (parent.moveBefore && node.isConnected && !node.querySelector("datalist") && node.nodeName !== "DATALIST") parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (answer.redirected || !answer.headers.get("content-type")?.startsWith("text/html")) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function show(address) {
  const main = document.getElementById("main");
  let page = null;
  try {
    page = await fetched(address);
  } catch {
    return; // gone for now: the next event, or the person, asks again
  }
  const fresh = page?.getElementById("main");
  if (!fresh || document.querySelector(".dragged")) return;
  const focused = document.activeElement;
  const id = named(focused?.closest?.("[id]"));
  morph(main, document.adoptNode(fresh));
  document.title = page.title;
  if (focused && focused !== document.body && document.activeElement !== focused) {
    const again = focused.isConnected ? focused : document.getElementById(id)?.querySelector("a.title, a, button");
    again?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("tm:shown"));
}

/** Show the page as it is now; one at a time, and once more for all who asked meanwhile. */
export function refresh() {
  if (!document.querySelector("#main[data-live]")) {
    document.dispatchEvent(new CustomEvent("tm:changed"));
    return Promise.resolve();
  }
  if (running) {
    again = true;
    return running;
  }
  running = (async () => {
    do {
      again = false;
      await show(location.href);
    } while (again);
    running = null;
  })();
  return running;
}

/** Go to another address of this very page without losing the place. */
export async function stay(address) {
  history.pushState(null, "", address);
  await refresh();
}

/** Listen to what changes, as long as somebody looks: a browser has few lines to one server, and tabs share them. */
export function live() {
  addEventListener("popstate", async () => {
    await refresh();
    // The way back leads to what the address says, not to what was typed since.
    for (const form of document.querySelectorAll(".filter, [data-options]")) form.reset();
  });
  const root = document.documentElement;
  let source = null;
  let timer = 0;
  let gone = 0;

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 60);
  }

  function listen() {
    if (source || document.hidden) return;
    source = new EventSource("/api/v1/events");
    for (const kind of ["changed", "reset"]) source.addEventListener(kind, soon);
    source.addEventListener("hello", () => {
      clearTimeout(gone);
      root.classList.remove("offline");
      root.classList.add("connected");
      soon(); // what came between the page and the line
    });
    source.addEventListener("error", () => {
      root.classList.remove("connected");
      clearTimeout(gone);
      gone = setTimeout(() => root.classList.add("offline"), 3000);
      if (source?.readyState === EventSource.CLOSED) {
        source = null; // the server said no; it may have been too much for a moment
        setTimeout(listen, 10000);
      }
    });
  }

  function leave() {
    source?.close();
    source = null;
    clearTimeout(gone);
    root.classList.remove("connected", "offline");
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", listen);
  listen();
}
