// The vectors of one head at the tick on show: its key, what it erases and adds, what it reads.
import { el, say } from "../dom.js";
import { mathNode } from "../formula.js";
import { Matrix } from "./grid.js";
import { digits } from "./numbers.js";

export class VectorsView {
  constructor(app) {
    Object.assign(this, { app, title: app.words.numbers, note: "" });
    this.name = el("p", { class: "vz-note" });
    this.rows = el("div", {});
    this.sum = el("p", { class: "vn-sum" });
    this.body = el("div", {}, this.name, this.rows, this.sum);
  }
  /** Everything for the head on show and the present width. */
  build() {
    const { head } = this.app;
    this.name.textContent = head.name;
    this.strips = head.vectors.map((vector) => this.row(vector));
    this.rows.replaceChildren(...this.strips.map((item) => item.node));
    for (const item of this.strips) item.matrix.build(item.matrix.node.parentNode.clientWidth);
    this.setStep();
  }
  row(vector) {
    const { app } = this;
    const width = vector.shape[1];
    const reach = Math.max(Math.abs(vector.low), Math.abs(vector.high), 1e-6);
    const value = (_r, c) => vector.values[app.step * width + c];
    const matrix = new Matrix(app, { title: "", bare: true, rows: 1, columns: width, height: 16, rowName: "", columnName: app.words.channel, value, colour: (v) => app.signed(v / reach),
      lines: (_r, c) => [vector.title, say(app.words.channel_at, { i: c }), digits(value(0, c))] });
    const first = el("div", { class: "vn-told" });
    const equation = mathNode(vector.equation || vector.symbol, vector.equation_latex || vector.latex);
    const node = el("div", { class: "vn-row" }, el("div", {}, el("b", {}, vector.title), " ", mathNode(vector.symbol, vector.latex), vector.equation ? el("div", { class: "vz-equation" }, equation) : null, first), el("div", {}, matrix.node));
    return { node, matrix, vector, first, width };
  }
  setStep() {
    const { app } = this;
    for (const item of this.strips) {
      item.matrix.paint();
      const values = Array.from(item.vector.values.subarray(app.step * item.width, app.step * item.width + 4), digits);
      item.first.textContent = `[${values.join(", ")}, …]`;
    }
    this.sum.textContent = app.head.kind === "read" || app.head.both ? this.sumLine(app.head) : "";
  }
  /** r_t as the weighted sum that it is, largest weights first. */
  sumLine(head) {
    const { app } = this;
    const order = Array.from({ length: app.cells }, (_, i) => i).sort((a, b) => app.weight(head, b) - app.weight(head, a)).slice(0, 3);
    const rest = Math.max(0, 1 - order.reduce((sum, i) => sum + app.weight(head, i), 0));
    return `r = ${order.map((i) => `${digits(app.weight(head, i))} · M(${i})`).join(" + ")} + … (${say(app.words.others, { x: digits(rest) })})`;
  }
  point() {}
  csv() {
    const { app } = this;
    return [["vector", "values"], ...this.strips.map(({ vector, width }) => [vector.title, ...Array.from(vector.values.subarray(app.step * width, (app.step + 1) * width), (v) => +v.toFixed(4))])];
  }
}
