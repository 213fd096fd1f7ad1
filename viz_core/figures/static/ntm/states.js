// What the network itself remembers, unit by unit over the run: the controller's h_t, or the layers of a plain LSTM.
import { el, say } from "../dom.js";
import { mathNode } from "../formula.js";
import { Matrix } from "./grid.js";
import { legend } from "./memory.js";
import { digits } from "./numbers.js";

export class StatesView {
  constructor(app) {
    Object.assign(this, { app, wide: true, title: app.words.states, note: "" });
    const { words, payload, data } = app;
    this.parts = data.states.map((state) => {
      const [ticks, units] = state.shape;
      const reach = Math.max(Math.abs(state.low), Math.abs(state.high), 1e-6);
      const value = (r, c) => state.values[c * units + r];
      const matrix = new Matrix(app, { title: state.title, rows: units, columns: ticks, height: Math.max(0.5, Math.min(3, 150 / units)), rowName: words.unit, columnName: words.tick, from: 1, value,
        colour: (v) => app.signed(v / reach), click: (_r, c) => app.change({ step: c }),
        lines: (r, c) => [say(words.tick_at, { t: c + 1, label: payload.steps[c] }), say(words.unit_at, { i: r }), digits(value(r, c))] });
      const scale = el("div", { class: "vn-legend" });
      return { state, matrix, reach, scale, value, node: el("div", {}, matrix.node, el("div", { class: "vz-equation" }, mathNode(state.equation, state.equation_latex)), scale) };
    });
    this.body = el("div", { class: "vn-pair" }, ...this.parts.map((part) => part.node));
  }
  build() {
    const { app } = this;
    for (const { matrix, node, scale, reach } of this.parts) {
      matrix.build(node.clientWidth);
      scale.replaceChildren(...legend(app, app.words.value, -reach, reach, (share) => app.signed(2 * share - 1)));
    }
    this.setStep();
  }
  setStep() {
    for (const { matrix } of this.parts) matrix.markColumn(this.app.step);
  }
  point() {}
  csv() {
    const line = ({ state, value }, c) => [state.title, c + 1, ...Array.from({ length: state.shape[1] }, (_, r) => +value(r, c).toFixed(4))];
    const most = Math.max(...this.parts.map(({ state }) => state.shape[1]));
    return [["state", "tick", ...Array.from({ length: most }, (_, r) => `unit ${r}`)], ...this.parts.flatMap((part) => this.app.payload.steps.map((_label, c) => line(part, c)))];
  }
}
