// Where every head writes and reads over the whole run: cells × ticks, colours from 0 to 1.
import { el, say } from "../dom.js";
import { Matrix } from "./grid.js";
import { digits, spread } from "./numbers.js";
import { legend } from "./memory.js";

export class HistoryView {
  constructor(app) {
    Object.assign(this, { app, wide: true, title: app.words.history, note: app.words.history_note });
    const { words, payload, data } = app;
    const ticks = payload.steps.length;
    const sorted = [...data.heads].sort((a, b) => (a.kind < b.kind ? 1 : -1)); // writing first, as it happens
    this.matrices = sorted.map((head) => {
      const values = head.stages.at(-1).values;
      const value = (r, c) => values[c * app.cells + r];
      return new Matrix(app, { title: say(head.kind === "write" ? words.writes : words.reads, { name: head.name }), rows: app.cells, columns: ticks, height: Math.max(1, Math.min(12, 300 / app.cells)),
        rowName: words.cell, columnName: words.tick, from: 1, value, colour: (v) => app.root2(v), click: (_r, c) => app.change({ step: c }), cellOf: (r) => r,
        lines: (r, c) => [say(words.tick_at, { t: c + 1, label: payload.steps[c] }), say(words.cell_at, { i: r }), `w = ${digits(value(r, c))}`] });
    });
    this.heads = sorted;
    this.counts = sorted.map((head) => {
      const counts = Array.from({ length: ticks }, (_, c) => spread(head.stages.at(-1).values.subarray(c * app.cells, (c + 1) * app.cells)));
      return new Matrix(app, { title: words.spread, rows: 1, columns: ticks, height: 10, rowName: "", columnName: words.tick, from: 1, rowLabels: [""], value: (_r, c) => counts[c],
        colour: (v) => app.look.colour(Math.log(Math.max(v, 1)) / Math.log(Math.max(app.cells, 2))), click: (_r, c) => app.change({ step: c }),
        lines: (_r, c) => [say(words.tick_at, { t: c + 1, label: payload.steps[c] }), say(words.spread_at, { x: counts[c].toFixed(1) })] });
    });
    this.scale = el("div", { class: "vn-legend" });
    this.grid = el("div", { class: "vn-pair" }, ...this.matrices.map((matrix, i) => el("div", {}, matrix.node, this.counts[i].node)));
    this.body = el("div", {}, this.grid, this.scale);
  }
  build() {
    for (const matrix of [...this.matrices, ...this.counts]) matrix.build(matrix.node.parentNode.clientWidth);
    this.scale.replaceChildren(...legend(this.app, this.app.words.weight, 0, 1, (share) => this.app.root2(share)));
    this.setStep();
  }
  setStep() {
    for (const matrix of [...this.matrices, ...this.counts]) matrix.markColumn(this.app.step);
  }
  point(cell) {
    for (const matrix of this.matrices) matrix.markRow(cell);
  }
  csv() {
    const { app } = this;
    const names = Array.from({ length: app.cells }, (_, i) => `cell ${i}`);
    return [["head", "tick", ...names], ...this.heads.flatMap((head) => app.payload.steps.map((_label, c) =>
      [head.name, c + 1, ...Array.from(head.stages.at(-1).values.subarray(c * app.cells, (c + 1) * app.cells), (v) => +v.toFixed(5))]))];
  }
}
