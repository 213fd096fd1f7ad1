// The memory before and after the write of the tick on show, with the weightings that write and read beside it.
import { el, say } from "../dom.js";
import { Matrix } from "./grid.js";
import { digits } from "./numbers.js";

/** A colour scale from `low` to `high` with a name. */
export function legend(app, name, low, high, colour) {
  const canvas = el("canvas", { width: 64, height: 1, class: "vh-legend" });
  const image = new ImageData(64, 1);
  for (let i = 0; i < 64; i++) image.data.set([...colour(i / 63), 255], 4 * i);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return [el("span", {}, name), el("span", {}, digits(low)), canvas, el("span", {}, digits(high))];
}

export class MemoryView {
  constructor(app) {
    Object.assign(this, { app, title: app.words.memory, note: app.editable ? app.words.memory_edit : app.words.memory_note });
    const { words, data } = app;
    this.width = data.memory.shape[2];
    this.reach = data.memory.reach;
    const height = Math.max(1, Math.min(14, 420 / app.cells));
    const common = { rows: app.cells, height, rowName: words.cell, cellOf: (r) => r, click: (r) => this.choose(r) };
    const matrix = (title, offset, bare) => new Matrix(app, { ...common, bare, title, columns: this.width, columnName: words.channel, value: (r, c) => this.value(offset, r, c),
      colour: (v) => app.signed(v / this.reach), lines: (r, c) => this.lines(offset, r, c) });
    const strip = (title, heads) => heads.length ? new Matrix(app, { ...common, bare: true, title, columns: heads.length, columnName: "w", value: (r, c) => app.weight(heads[c], r), colour: (v) => app.root2(v),
      lines: (r, c) => [heads[c].name, say(words.cell_at, { i: r }), `w = ${digits(app.weight(heads[c], r))}`] }) : null;
    this.matrices = [matrix(words.before, 0, false), strip(words.written_at, data.heads.filter((head) => head.kind === "write")), matrix(words.after, 1, true),
      strip(words.read_at, data.heads.filter((head) => head.kind === "read" || head.both))].filter(Boolean);
    this.scale = el("div", { class: "vn-legend" });
    this.edited = el("p", { class: "vz-note" });
    this.grid = el("div", { class: "vn-memory" }, ...this.matrices.map((item) => el("div", { class: item.options.columns < this.width ? "vn-strip" : "vn-wide" }, item.node)));
    this.body = el("div", {}, this.grid, this.scale, this.edited);
  }
  /** offset 0: before the write of this tick, 1: after it. */
  value(offset, r, c) {
    const { app } = this;
    const edit = offset === 0 && app.edits.find((item) => item.tick === app.step && item.cell === r);
    return edit ? edit.values[c] : app.data.memory.values[((app.step + offset) * app.cells + r) * this.width + c];
  }
  lines(offset, r, c) {
    const { words } = this.app;
    const values = Array.from({ length: this.width }, (_, i) => digits(this.value(offset, r, i)));
    return [say(words.cell_at, { i: r }), `${say(words.channel_at, { i: c })}: ${values[c]}`, `[${values.join(", ")}]`];
  }
  choose(cell) {
    const { app } = this;
    if (app.editable) app.options.send("cell", { cell, tick: app.step, id: app.payload.id });
  }
  build() {
    const { app } = this;
    for (const item of this.matrices) item.build(item.node.parentNode.clientWidth);
    this.scale.replaceChildren(...legend(app, app.words.value, -this.reach, this.reach, (share) => app.signed(2 * share - 1)));
    this.mark();
  }
  setStep() {
    for (const item of this.matrices) item.paint();
    this.mark();
  }
  /** What was overwritten at this tick. */
  mark() {
    const { app } = this;
    const edits = app.edits.filter((item) => item.tick === app.step);
    this.matrices[0].outline(edits.map((item) => [item.cell, 0]), this.width);
    this.edited.textContent = edits.map((item) => `${say(app.words.cell_at, { i: item.cell })}: ${app.words.overwritten}`).join(", ");
  }
  point(cell) {
    for (const item of this.matrices) item.markRow(cell);
  }
  csv() {
    const names = Array.from({ length: this.width }, (_, c) => `channel ${c}`);
    const rows = (offset, when) => Array.from({ length: this.app.cells }, (_, r) => [when, r, ...names.map((_n, c) => +this.value(offset, r, c).toFixed(4))]);
    return [["when", "cell", ...names], ...rows(0, "before"), ...rows(1, "after")];
  }
}
