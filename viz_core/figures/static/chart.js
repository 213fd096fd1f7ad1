// What every Plotly panel needs: the library, the page's colours, and an overlay that follows the axes.
import { el } from "./dom.js";

let loading = null;
/** The chart library, loaded once a page, and not before everything that needs none is on screen. */
export async function plotly() {
  if (globalThis.Plotly) return globalThis.Plotly;
  await quiet();
  loading ??= new Promise((resolve, reject) => {
    const src = new URL("./plotly.min.js", import.meta.url).href;
    const script = el("script", { src, onload: () => resolve(globalThis.Plotly), onerror: () => reject(new Error(src)) });
    document.head.append(script);
  });
  return loading;
}

/** Waits until the page is painted and nothing more urgent is to be done. */
function quiet() {
  const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 50)); // Safari has none
  return new Promise((resolve) => requestAnimationFrame(() => idle(resolve, { timeout: 500 })));
}

/** The figure in the colours of the page: `theme.swap` maps the colours of the Python side to those of the page. */
export function themed(value, theme) {
  if (typeof value === "string") return theme.swap.get(value) ?? value;
  if (Array.isArray(value)) return theme.swap.get(JSON.stringify(value)) ?? value.map((item) => themed(item, theme));
  if (!value || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, themed(item, theme)]));
}

export const CONFIG = {
  displaylogo: false,
  responsive: true,
  modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d"],
  showSendToCloud: false,
};

/** The page's font, and titles no larger than the rest. */
export function typeset(layout, theme) {
  const font = { family: theme.font, size: 12, color: theme.ink };
  Object.assign(layout, { font, title: undefined });
  for (const [name, axis] of Object.entries(layout)) if (/^[xy]axis\d*$/.test(name) && axis.title) axis.title.font = font;
  return layout;
}

/** A Plotly chart with an overlay in axis units. `draw()` returns {data, layout}; `after` runs when axes have moved. */
export class Chart {
  constructor(draw, after, signal) {
    this.gd = el("div", { class: "vz-chart" });
    this.overlay = el("div", { class: "vz-overlay", "aria-hidden": "true" });
    this.element = el("div", { class: "vz-chart-host" }, this.gd, this.overlay);
    Object.assign(this, { draw, after, signal });
    this.plots = [];
    this.ready = false;
  }
  async start() {
    const Plotly = await plotly();
    if (!this.element.isConnected) return;
    const { data, layout } = this.draw();
    await Plotly.newPlot(this.gd, data, layout, CONFIG);
    this.ready = true;
    this.gd.on("plotly_afterplot", () => this.measured());
    this.gd.on("plotly_relayout", () => this.measured());
    this.measured();
  }
  async redraw() {
    if (!this.ready) return;
    const { data, layout } = this.draw();
    await globalThis.Plotly.react(this.gd, data, layout, CONFIG);
    this.measured();
  }
  /** Reads the plot areas and ranges once; steps and hovers then only do arithmetic. */
  measured() {
    const full = this.gd._fullLayout;
    this.plots = [...this.gd.querySelectorAll(".nsewdrag")].map((area) => {
      const id = area.dataset.subplot;
      const [, x, y] = /^x(\d*)y(\d*)$/.exec(id);
      const number = (name) => Number(area.getAttribute(name));
      return {
        left: number("x"), top: number("y"), width: number("width"), height: number("height"),
        x: full[`xaxis${x}`].range.map(Number), y: full[`yaxis${y}`].range.map(Number),
        clip: this.gd.querySelector(`clipPath[id$="${id}plot"] > rect`), // Plotly's own: what is drawn stays inside it
      };
    });
    this.after();
  }
  /** Hides everything beyond `edge` along an axis: the clip rectangle shrinks, nothing is drawn again. */
  reveal(axis, edge) {
    for (const plot of this.plots) {
      if (!plot.clip) continue;
      const share = Math.min(Math.max(axis === "x" ? part(plot.x, edge) : 1 - part(plot.y, edge), 0), 1);
      plot.clip.setAttribute(axis === "x" ? "width" : "height", Math.floor(share * (axis === "x" ? plot.width : plot.height)));
    }
  }
  /** The rectangle [x0, x1] × [y0, y1] in pixels of the overlay, cut to the plot area. */
  box([x0, x1], [y0, y1], plot = this.plots[0]) {
    const xs = [x0, x1].map((v) => clamp(part(plot.x, v)) * plot.width + plot.left);
    const ys = [y0, y1].map((v) => (1 - clamp(part(plot.y, v))) * plot.height + plot.top);
    return { left: Math.min(...xs), top: Math.min(...ys), width: Math.abs(xs[1] - xs[0]), height: Math.abs(ys[1] - ys[0]) };
  }
  /** Axis values under the pointer, or null outside the plot. */
  at(event) {
    const host = this.gd.getBoundingClientRect();
    for (const plot of this.plots) {
      const [u, v] = [(event.clientX - host.left - plot.left) / plot.width, (event.clientY - host.top - plot.top) / plot.height];
      if (u < 0 || u > 1 || v < 0 || v > 1) continue;
      return { x: plot.x[0] + u * (plot.x[1] - plot.x[0]), y: plot.y[1] + v * (plot.y[0] - plot.y[1]), plot };
    }
    return null;
  }
  /** Calls back for a press that is no drag. */
  onclick(listener) {
    let down = null;
    this.element.addEventListener("pointerdown", (event) => (down = [event.clientX, event.clientY]), true);
    addEventListener("pointerup", (event) => {
      if (down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) < 4) listener(event);
      down = null;
    }, { signal: this.signal });
  }
}

const part = ([from, to], value) => (value - from) / (to - from);
const clamp = (value) => Math.min(Math.max(value, 0), 1);

/** Places an overlay element; hides it when `box` is null. */
export function lay(node, box) {
  node.hidden = !box;
  if (!box) return;
  node.style.transform = `translate(${box.left}px, ${box.top}px)`;
  node.style.width = `${box.width}px`;
  node.style.height = `${box.height}px`;
}
