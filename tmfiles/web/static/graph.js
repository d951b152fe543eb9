// Zoom, drag and arrow keys for drawings in a `.canvas`. Without it they scroll, and every box is a link all the same.

const LEAST = 0.1, MOST = 3, START = 0.85, STEP = 1.25;

class Canvas {
  constructor(frame) {
    this.frame = frame;
    this.view = frame.querySelector(".canvas");
    this.svg = this.view.querySelector("svg");
    const box = this.svg.viewBox.baseVal;
    this.size = [box.width, box.height];
    this.scale = 1;
    this.boxes = new Map([...this.svg.querySelectorAll("[data-box]")].map((box) => [box.dataset.box, box]));
    frame.querySelector(".zoom").hidden = false;
    frame.addEventListener("click", (event) => {
      const how = event.target.closest("[data-zoom]")?.dataset.zoom;
      if (how) this.zoomed(how);
    });
    this.view.addEventListener("keydown", (event) => this.key(event));
    this.view.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.view.classList.add("draggable");
    this.view.addEventListener("pointerdown", (event) => this.drag(event));
    if (this.fitting() < 1) this.zoom(Math.max(this.fitting(), START));
  }

  fitting() {
    const [width, height] = this.size;
    return Math.min(1, (this.view.clientWidth - 2) / width, (this.view.clientHeight - 2) / height);
  }

  zoomed(how) {
    this.zoom(how === "whole" ? this.fitting() : this.scale * (how === "in" ? STEP : 1 / STEP));
  }

  // Zooms so that what lies under a point of the view stays there; by default its middle.
  zoom(scale, x = this.view.clientWidth / 2, y = this.view.clientHeight / 2) {
    const now = Math.min(MOST, Math.max(LEAST, scale));
    const [left, top] = [(this.view.scrollLeft + x) / this.scale, (this.view.scrollTop + y) / this.scale];
    this.scale = now;
    this.svg.setAttribute("width", this.size[0] * now);
    this.svg.setAttribute("height", this.size[1] * now);
    this.view.scrollTo(left * now - x, top * now - y);
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const place = this.view.getBoundingClientRect();
    this.zoom(this.scale * Math.exp(-event.deltaY / 300), event.clientX - place.left, event.clientY - place.top);
  }

  drag(start) {
    if (start.button !== 0 || start.pointerType === "touch") return;
    const [left, top] = [this.view.scrollLeft, this.view.scrollTop];
    let moved = false;
    const move = (event) => {
      const [x, y] = [event.clientX - start.clientX, event.clientY - start.clientY];
      if (!moved && Math.hypot(x, y) < 4) return;
      moved = true;
      this.view.classList.add("dragged");
      this.view.scrollTo(left - x, top - y);
    };
    const end = () => {
      removeEventListener("pointermove", move);
      this.view.classList.remove("dragged");
      // What follows a drag is no click on the box where it happened to end.
      if (moved) addEventListener("click", (event) => event.preventDefault(), { capture: true, once: true });
      setTimeout(() => { moved = false; });
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const how = { "+": "in", "=": "in", "-": "out", 0: "whole" }[event.key];
    const box = event.target.closest("[data-box]");
    if (how) this.zoomed(how);
    else if (box && event.key.startsWith("Arrow")) this.step(box, event.key.slice(5));
    else return;
    event.preventDefault();
  }

  // Left and right follow the links, up and down the layer.
  step(box, way) {
    const all = [...this.boxes.values()].filter((one) => one.matches("a"));
    const place = (one) => one.getBoundingClientRect();
    const here = place(box);
    const near = (one) => Math.abs(place(one).top - here.top) + Math.abs(place(one).left - here.left);
    const needs = (one) => one.dataset.needs.split(" ").filter(Boolean);
    const rows = {
      Left: () => needs(box).map((name) => this.boxes.get(name)),
      Right: () => all.filter((one) => needs(one).includes(box.dataset.box)),
      Up: () => all.filter((one) => Math.abs(place(one).left - here.left) < 2 && place(one).top < here.top),
      Down: () => all.filter((one) => Math.abs(place(one).left - here.left) < 2 && place(one).top > here.top),
    };
    const next = rows[way]().filter((one) => one?.matches("a")).sort((one, other) => near(one) - near(other))[0];
    next?.focus();
    next?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

for (const frame of document.querySelectorAll(".canvas-frame")) if (frame.querySelector(".zoom")) new Canvas(frame);
