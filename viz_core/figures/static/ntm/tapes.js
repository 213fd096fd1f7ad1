// What the machine sees, says and should say: one column a tick.
import { el, say } from "../dom.js";
import { Matrix } from "./grid.js";

const HEIGHT = 12; // px of a bit

export class TapesView {
  constructor(app) {
    Object.assign(this, { app, words: app.words, wide: true, title: app.words.tapes, note: app.editable ? app.words.tapes_flip : app.words.tapes_note });
    const { payload, data } = app;
    this.ticks = payload.steps.length;
    const [channels, bits] = [payload.marks.length, payload.bits];
    const common = { columns: this.ticks, height: HEIGHT, columnName: app.words.tick, from: 1, colour: (v) => app.look.colour(Math.abs(v)), click: (_r, c) => app.change({ step: c }) };
    const names = Array.from({ length: bits }, (_, i) => String(i + 1));
    const answer = (values) => (r, c) => (c < payload.answer ? NaN : values[(c - payload.answer) * bits + r]);
    this.input = new Matrix(app, { ...common, title: app.words.input, rows: channels, rowName: "x", rowLabels: payload.marks, value: (r, c) => data.tape.values[c * channels + r],
      lines: (r, c) => [this.tick(c), `${payload.marks[r]}: ${+data.tape.values[c * channels + r].toFixed(2)}`], click: (r, c) => this.flip(r, c) });
    this.output = new Matrix(app, { ...common, title: app.words.output, rows: bits, rowName: "y", rowLabels: names, value: (r, c) => (c < payload.answer ? NaN : data.said.values[c * bits + r]),
      lines: (r, c) => (c < payload.answer ? [this.tick(c), app.words.not_asked] : [this.tick(c), `${say(app.words.bit, { n: r + 1 })}: p = ${data.said.values[c * bits + r].toFixed(4)}`]) });
    this.right = new Matrix(app, { ...common, title: app.words.right_answer, rows: bits, rowName: "y*", rowLabels: names, value: answer(data.right.values),
      lines: (r, c) => [this.tick(c), c < payload.answer ? app.words.not_asked : `${say(app.words.bit, { n: r + 1 })}: ${Math.round(answer(data.right.values)(r, c))}`] });
    this.verdict = el("p", { class: "vn-verdict", role: "status" });
    this.body = el("div", {}, this.verdict, this.input.node, this.output.node, this.right.node);
  }
  tick(c) {
    return say(this.words.tick_at, { t: c + 1, label: this.app.payload.steps[c] });
  }
  flip(r, c) {
    const { app } = this;
    app.change({ step: c });
    if (app.editable && app.payload.marks[r].startsWith("x")) app.options.send("flip", { tick: c, channel: r, id: app.payload.id });
  }
  build() {
    const { app, words } = this;
    const { bits, answer } = app.payload;
    const wrong = [];
    for (let c = answer; c < this.ticks; c++)
      for (let r = 0; r < bits; r++) if (app.data.said.values[c * bits + r] > 0.5 !== app.data.right.values[(c - answer) * bits + r] > 0.5) wrong.push([r, c]);
    const all = (this.ticks - answer) * bits;
    this.verdict.textContent = wrong.length ? say(words.wrong, { n: wrong.length, all }) : say(words.no_wrong, { all });
    for (const matrix of [this.input, this.output, this.right]) matrix.build(this.body.clientWidth);
    this.output.outline(wrong);
    this.setStep();
  }
  setStep() {
    for (const matrix of [this.input, this.output, this.right]) matrix.markColumn(this.app.step);
  }
  point() {}
  csv() {
    const { payload, data } = this.app;
    const row = (values, width, c) => Array.from(values.subarray(c * width, (c + 1) * width), (v) => +v.toFixed(4));
    const bits = Array.from({ length: payload.bits }, (_, i) => i + 1);
    return [["tick", "label", ...payload.marks, ...bits.map((i) => `y${i}`), ...bits.map((i) => `right${i}`)],
      ...payload.steps.map((label, c) => [c + 1, label, ...row(data.tape.values, payload.marks.length, c), ...row(data.said.values, payload.bits, c),
        ...(c < payload.answer ? bits.map(() => "") : row(data.right.values, payload.bits, c - payload.answer))])];
  }
}
