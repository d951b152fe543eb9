// The editor of a file: numbers beside the lines, the way to each problem, and what `check` says while one types.

const PAUSE = 500;
const LINES = 2000;
const begun = new WeakSet();

function begin() {
  const form = document.querySelector("form.file");
  if (!form || begun.has(form)) return;
  begun.add(form);
  const text = form.elements.text;
  const gutter = form.querySelector(".gutter");
  const problems = form.querySelector("#file-problems ul");
  const kept = `tm:draft:${location.pathname}:file`;
  let timer = 0;
  let asked = 0;

  const number = (bad = new Set()) => {
    const count = Math.min(text.value.split("\n").length, LINES);
    text.rows = count + 1;
    while (gutter.childElementCount > count) {
      gutter.lastChild.remove();
      if (gutter.lastChild?.nodeType === Node.TEXT_NODE && gutter.childElementCount >= count) gutter.lastChild.remove();
    }
    while (gutter.childElementCount < count) {
      const line = document.createElement("span");
      line.textContent = String(gutter.childElementCount + 1);
      line.id = `line-${line.textContent}`;
      gutter.append(line, "\n");
    }
    [...gutter.children].forEach((line, at) => line.classList.toggle("bad", bad.has(at + 1)));
  };

  const go = (line, column) => {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const at = start + Math.max(0, Math.min((column || 1) - 1, (lines[line - 1] ?? "").length));
    text.focus({ preventScroll: true });
    text.setSelectionRange(at, column > 1 ? start + (lines[line - 1] ?? "").length : at);
    document.getElementById(`line-${line}`)?.scrollIntoView({ block: "center" });
  };

  const tell = (found) => {
    problems.replaceChildren(
      ...found.map((one) => {
        const row = document.createElement("li");
        row.className = one.severity;
        row.dataset.line = one.line;
        row.dataset.column = one.column;
        const kind = document.createElement("span");
        kind.className = "severity";
        kind.textContent = one.severity;
        const words = document.createElement("span");
        words.textContent = one.message;
        const rule = document.createElement("code");
        rule.className = "rule";
        rule.textContent = one.rule;
        row.append(kind, " ");
        if (one.line) {
          const link = document.createElement("a");
          link.href = `#line-${one.line}`;
          link.textContent = `line ${one.line}, column ${one.column || 1}`;
          row.append(link, " ");
        }
        row.append(words, " ", rule);
        return row;
      }),
    );
    number(new Set(found.map((one) => one.line)));
  };

  const check = async () => {
    const now = ++asked;
    const data = new URLSearchParams(new FormData(form));
    data.set("do", "check");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (now === asked && said.problems) tell(said.problems);
    } catch {
      // What cannot be asked now is told when it is saved.
    }
  };

  text.addEventListener("input", () => {
    number(new Set([...problems.children].map((one) => Number(one.dataset.line))));
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
    try {
      if (text.value === text.defaultValue) sessionStorage.removeItem(kept);
      else sessionStorage.setItem(kept, JSON.stringify({ text: text.value, base: form.elements.base.value }));
    } catch {
      // The page itself still has it.
    }
  });
  problems.addEventListener("click", (event) => {
    const row = event.target.closest("a") && event.target.closest("li");
    if (!row) return;
    event.preventDefault();
    go(Number(row.dataset.line), Number(row.dataset.column));
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value=save]"));
    }
  });

  let before = null;
  try {
    if (document.querySelector("main .notice.green") && !document.querySelector("main [role=alert]")) {
      if (new URLSearchParams(location.search).has("saved")) sessionStorage.removeItem(kept);
    }
    before = JSON.parse(sessionStorage.getItem(kept));
  } catch {
    before = null;
  }
  if (before && before.text !== text.value && !form.parentElement.querySelector("[role=alert]")) {
    const note = document.createElement("p");
    note.className = "notice amber";
    note.append("A text that was typed here is not saved yet. ");
    const take = document.createElement("button");
    take.type = "button";
    take.className = "small";
    take.textContent = "Go on with it";
    take.addEventListener("click", () => {
      text.value = before.text;
      form.elements.base.value = before.base;
      note.remove();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "small quiet";
    drop.textContent = "Forget it";
    drop.addEventListener("click", () => {
      sessionStorage.removeItem(kept);
      note.remove();
    });
    note.append(take, " ", drop);
    form.prepend(note);
  }
  number(new Set([...problems.children].map((one) => Number(one.dataset.line))));
  if (text.dataset.line) go(Number(text.dataset.line), 1);
}

document.addEventListener("tm:shown", begin);
begin();
