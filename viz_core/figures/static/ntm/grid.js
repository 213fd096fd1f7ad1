// A matrix of numbers as colours, with named axes: one canvas pixel a number, enlarged.
import { el, svg } from "../dom.js";

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const [LEFT, TOP, BOTTOM, FIRST] = [46, 20, 34, 8]; // px around the matrix: row numbers, title, column numbers, right edge

export class Matrix {
  /** options: title, rows, columns, rowName, columnName, height (px of a row), value(r, c), colour(value), lines(r, c), click(r, c);
   * bare: without row numbers; rowLabels: names in place of row numbers; from: number of the first column. */
  constructor(app, options) {
    Object.assign(this, { app, options });
    this.node = svg("svg", { class: "vn-matrix", role: "img", "aria-label": options.title });
    this.canvas = el("canvas");
    this.node.addEventListener("pointermove", (event) => this.over(event));
    this.node.addEventListener("pointerleave", () => (app.tip.hide(), app.point(null)));
    if (options.click) this.node.addEventListener("click", (event) => this.at(event, (r, c) => options.click(r, c)));
  }
  /** Draws everything for a width in pixels. */
  build(width) {
    const { rows, columns, height, bare, title, rowName, columnName, rowLabels, from = 0 } = this.options;
    this.left = bare ? FIRST : LEFT;
    const room = Math.max(width - this.left - FIRST, 10);
    this.size = { x: this.left, y: TOP, w: room, h: rows * height };
    const { x, y, w, h } = this.size;
    const total = [x + w + FIRST, y + h + BOTTOM];
    for (const [name, value] of Object.entries({ width: total[0], height: total[1], viewBox: `0 0 ${total[0]} ${total[1]}` })) this.node.setAttribute(name, value);
    this.image = svg("image", { x, y, width: w, height: h, preserveAspectRatio: "none", class: "vz-cells" });
    this.column = svg("rect", { class: "vz-band-now", y: y - 1, height: h + 2, visibility: "hidden" });
    this.row = svg("rect", { class: "vz-band-hover", x: x - 1, width: w + 2, visibility: "hidden" });
    this.extra = svg("g");
    const label = (text, attributes) => svg("text", attributes, text);
    const marks = [
      ...numbers(columns, w / 34, from).map((c) => label(String(c + from), { x: x + ((c + 0.5) * w) / columns, y: y + h + 11, class: "vn-tick vn-middle" })),
      ...(bare ? [] : (rowLabels ? [...rowLabels.keys()] : numbers(rows, h / 16)).map((r) => label(rowLabels?.[r] ?? String(r), { x: x - 5, y: y + ((r + 0.5) * h) / rows, class: "vn-tick vn-end" }))),
      label(columnName, { x: x + w / 2, y: y + h + 26, class: "vn-axis vn-middle" }),
      bare ? "" : label(rowName, { x: 9, y: y + h / 2, class: "vn-axis vn-middle", transform: `rotate(-90 9 ${y + h / 2})` }),
      label(title, { x, y: 9, class: "vn-title" }),
    ];
    this.node.replaceChildren(svg("rect", { x, y, width: w, height: h, class: "vn-paper" }), this.image, this.extra, svg("rect", { x, y, width: w, height: h, class: "vz-frame", fill: "none" }),
      this.row, this.column, ...marks.filter(Boolean));
    this.paint();
  }
  paint() {
    const { rows, columns, value, colour } = this.options;
    Object.assign(this.canvas, { width: columns, height: rows });
    const image = new ImageData(columns, rows);
    for (let r = 0, at = 0; r < rows; r++)
      for (let c = 0; c < columns; c++, at += 4) {
        const number = value(r, c);
        if (!Number.isNaN(number)) image.data.set([...colour(number), 255], at);
      }
    this.canvas.getContext("2d").putImageData(image, 0, 0);
    this.image.setAttribute("href", this.canvas.toDataURL());
  }
  markColumn(c) {
    if (!this.size) return;
    const step = this.size.w / this.options.columns;
    place(this.column, c, { x: this.size.x + c * step - 1, width: Math.max(step, 2) + 2 });
  }
  markRow(r) {
    if (!this.size) return;
    const step = this.size.h / this.options.rows;
    place(this.row, r, { y: this.size.y + r * step - 1, height: Math.max(step, 2) + 2 });
  }
  /** Frames around numbers, each `span` columns wide. */
  outline(places, span = 1) {
    const { x, y, w, h } = this.size;
    const [dx, dy] = [w / this.options.columns, h / this.options.rows];
    const path = places.map(([r, c]) => `M${x + c * dx} ${y + r * dy}h${dx * span}v${dy}h${-dx * span}z`).join("");
    this.extra.replaceChildren(svg("path", { class: "vn-wrong", d: path }));
  }
  at(event, work) {
    const area = this.node.getBoundingClientRect();
    const { x, y, w, h } = this.size;
    const c = Math.floor(((event.clientX - area.left - x) / w) * this.options.columns);
    const r = Math.floor(((event.clientY - area.top - y) / h) * this.options.rows);
    return r >= 0 && c >= 0 && r < this.options.rows && c < this.options.columns ? work(r, c) : null;
  }
  over(event) {
    const lines = this.at(event, (r, c) => this.options.lines(r, c));
    if (lines) this.app.tip.show(event, lines);
    else this.app.tip.hide();
    this.app.point(lines && this.options.cellOf ? this.at(event, this.options.cellOf) : null);
  }
}

function place(rect, index, attributes) {
  rect.setAttribute("visibility", index === null || index < 0 ? "hidden" : "visible");
  if (index !== null) for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, value);
}

/** Positions to name so that at most about `most` stand on an axis: round numbers, and the first. from: number of position 0. */
function numbers(count, most, from = 0) {
  const step = STEPS.find((n) => count / n <= Math.max(most, 2)) ?? count;
  if (!from || step === 1) return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  const round = Array.from({ length: Math.floor(count / step) }, (_, i) => (i + 1) * step - from);
  return step > 2 ? [0, ...round] : round;
}
