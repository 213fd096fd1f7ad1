// The heat map of every head on show: an image one pixel a weight, labels, and what was hidden as a last column.
import { el, say, shorten, svg, textWidth, weightText } from "../dom.js";
import { paint, percent } from "./look.js";
import { table } from "./pairs.js";

const [LABELS, LOST, CAPTION] = [64, 26, 18]; // labels a side at most; width of the hidden share; height of the head's name

export class Maps {
  constructor(app) {
    this.app = app;
    this.picture = svg("svg", { class: "vh-maps", role: "img", "aria-label": app.words.heat });
    this.legend = el("canvas", { class: "vh-legend", width: 128, height: 1 });
    this.body = el("div", {}, this.picture, el("div", { class: "vh-scale", "aria-hidden": "true" }, el("span", {}, "0"), this.legend, el("span", {}, "1")));
    this.picture.addEventListener("pointermove", (event) => this.over(event));
    this.picture.addEventListener("pointerleave", () => app.point(null));
    this.picture.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.body.clientWidth !== this.seen && this.build()).observe(this.body);
  }
  build() {
    const { app, picture } = this;
    const { queries, keys, layers } = app.shown;
    if (!picture.isConnected || !queries) return;
    this.seen = this.body.clientWidth;
    const across = layers.length === 1 ? 1 : this.seen > 900 && layers.length > 2 ? 3 : 2;
    const lost = layers.some(({ removed }) => removed.some((x) => x > 0.0005)) ? LOST : 0;
    const font = `11px ${app.look.font}`;
    const wide = (groups) => Math.min(Math.max(...groups.map((g) => textWidth(shorten(g.label, 16), font)), 8), 110) + 8;
    const [side, top] = [wide(queries.groups), wide(keys.groups) * 0.8 + CAPTION];
    const room = this.seen / across - side - lost - 12;
    const cell = Math.max(Math.min(room / keys.groups.length, 30), 0.4);
    const [w, h] = [cell * keys.groups.length, Math.max(Math.min(cell, 26), 0.4) * queries.groups.length];
    const each = { width: side + w + lost + 12, height: top + h + 12 };
    this.frames = layers.map((layer, n) => ({ layer, x: (n % across) * (this.seen / across) + side, y: Math.floor(n / across) * each.height + top, w, h }));
    const height = Math.ceil(layers.length / across) * each.height;
    for (const [name, value] of Object.entries({ width: this.seen, height, viewBox: `0 0 ${this.seen} ${height}` })) picture.setAttribute(name, value);
    this.marks = svg("g", { class: "vh-marks" });
    picture.replaceChildren(hatch(), ...this.frames.map((frame) => this.map(frame, lost)), this.marks);
    paint(this.legend, Float32Array.from({ length: 128 }, (_, i) => i / 127), 1, 128, app.look);
    this.setHover(app.hover);
  }
  map({ layer, x, y, w, h }, lost) {
    const { app } = this;
    const { queries, keys } = app.shown;
    const canvas = el("canvas");
    paint(canvas, layer.cells, layer.rows, layer.columns, app.look, app.view.relative);
    const [dx, dy] = [w / layer.columns, h / layer.rows];
    const every = (count, size) => Math.max(Math.ceil(count / LABELS), Math.ceil(11 / size));
    const labels = [];
    queries.groups.forEach(({ label }, r) => r % every(layer.rows, dy) === 0 && labels.push(svg("text", { x: x - 5, y: y + (r + 0.5) * dy, "text-anchor": "end", "dominant-baseline": "central" }, shorten(label))));
    keys.groups.forEach(({ label }, c) => c % every(layer.columns, dx) === 0 && labels.push(svg("text", { transform: `translate(${x + (c + 0.5) * dx + 3} ${y - 5}) rotate(-52)` }, shorten(label))));
    const masked = Array.from({ length: layer.rows }, (_, r) => r).filter((r) => Number.isNaN(layer.cells[r * layer.columns]));
    return svg("g", {}, svg("image", { href: canvas.toDataURL(), x, y, width: w, height: h, preserveAspectRatio: "none", "image-rendering": "pixelated", style: "image-rendering:pixelated" }),
      ...masked.map((r) => svg("rect", { class: "vh-masked", x, y: y + r * dy, width: w, height: dy, fill: "url(#vh-hatch)" })),
      svg("rect", { class: "vh-frame", x: x - 1, y: y - 1, width: w + 2, height: h + 2, stroke: layer.hue, fill: "none" }),
      lost ? svg("g", { class: "vh-removed" }, ...Array.from(layer.removed, (share, r) => svg("rect", { x: x + w + 4, y: y + r * dy + 0.5, width: Math.max((share || 0) * (lost - 6), 0), height: Math.max(dy - 1, 0.5) }))) : null,
      svg("text", { class: "vh-caption", x, y: y - (h && this.top(keys)) - 4, fill: layer.hue }, layer.name), ...labels);
  }
  top(keys) {
    const font = `11px ${this.app.look.font}`;
    return (Math.min(Math.max(...keys.groups.map((g) => textWidth(shorten(g.label, 16), font)), 8), 110) + 8) * 0.8;
  }
  cellAt(event) {
    const area = this.picture.getBoundingClientRect();
    const [px, py] = [event.clientX - area.left, event.clientY - area.top];
    for (const { layer, x, y, w, h } of this.frames ?? []) {
      const [c, r] = [Math.floor(((px - x) / w) * layer.columns), Math.floor(((py - y) / h) * layer.rows)];
      if (c >= 0 && c < layer.columns && r >= 0 && r < layer.rows) return { layer, r, c };
    }
    return null;
  }
  over(event) {
    const { app } = this;
    const cell = this.cellAt(event);
    if (!cell) return app.point(null);
    const { layer, r, c } = cell;
    app.point({ side: "query", index: r, key: c });
    const alpha = layer.cells[r * layer.columns + c];
    const lines = [`${app.shown.queries.groups[r].label} → ${app.shown.keys.groups[c].label}`, `${layer.name}: ${Number.isNaN(alpha) ? app.words.masked : `α = ${weightText(alpha)}`}`];
    if (layer.removed[r] > 0.0005) lines.push(say(app.words.removed, { x: percent(layer.removed[r]) }));
    app.tip.show(event, lines);
  }
  click(event) {
    const cell = this.cellAt(event);
    if (cell) this.app.hold({ side: "query", index: cell.r, key: cell.c });
  }
  /** Bands over the row or column pointed at, and over the rows of the step on show. */
  setHover(hover) {
    if (!this.frames) return;
    const { current, steps } = this.app.shown;
    const bands = this.frames.flatMap(({ layer, x, y, w, h }) => {
      const row = (r) => ({ x, y: y + (r * h) / layer.rows, width: w, height: h / layer.rows });
      const column = (c) => ({ x: x + (c * w) / layer.columns, y, width: w / layer.columns, height: h });
      const found = [];
      if (steps) for (let r = 0; r < layer.rows; r++) if (current(r)) found.push([row(r), "vh-now"]);
      if (found.length > 1) found.length = 0; // the prompt: all rows at once
      if (hover?.side === "query" && hover.index < layer.rows) found.push([row(hover.index), "vh-band"]);
      const key = hover?.side === "key" ? hover.index : (hover?.key ?? -1);
      if (key >= 0 && key < layer.columns) found.push([column(key), "vh-band"]);
      return found;
    });
    this.marks.replaceChildren(...bands.map(([box, name]) => svg("rect", { ...box, class: name })));
  }
  csv() {
    return table(this.app.shown);
  }
}

function hatch() {
  return svg("defs", {}, svg("pattern", { id: "vh-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("rect", { width: 1.2, height: 6, fill: "#9aa0ab" })));
}
