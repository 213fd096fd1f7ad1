// The candidates of the current step: every bar a button that asks "and if this had been chosen?".
import { el, say, write } from "./dom.js";
import { View } from "./view.js";

export class BarsView extends View {
  constructor(panel, app) {
    super(panel, app);
    const most = Math.max(0, ...panel.steps.map((item) => item?.labels.length ?? 0));
    this.bars = Array.from({ length: most }, (_, i) => this.bar(i));
    this.none = el("p", { class: "vz-note" }, this.words.no_choice);
    this.list = el("div", { class: "vz-bars" }, ...this.bars.map(({ node }) => node), this.none);
    this.body = el("div", {}, this.list, el("p", { class: "vz-note" }, app.asks("fork") ? this.words.fork : ""));
  }
  /** The button of the i-th candidate; a step only fills it. */
  bar(i) {
    const [label, fill, p, mark] = ["label", "fill", "p", "mark"].map((name) => el("span", { class: `vz-bar-${name}` }));
    const node = el("button", { class: "vz-bar", type: "button", onclick: () => this.ask(i) }, label, el("span", { class: "vz-bar-track" }, fill), p, mark);
    return { node, label, fill, p, mark };
  }
  ask(i) {
    const { choices, labels } = this.panel.steps[this.app.step];
    this.app.ask({ kind: "fork", fork: this.app.step, choice: choices[i], label: labels[i] });
  }
  setStep() {
    const item = this.panel.steps[this.app.step];
    this.none.hidden = !!item;
    this.bars.forEach((bar, i) => {
      bar.node.hidden = !(i < item?.labels.length);
      if (!bar.node.hidden) this.show(bar, item.labels[i], item.choices[i], item.log_probs[i]);
    });
  }
  show({ node, label, fill, p, mark }, said, choice, nats) {
    const { app, panel, words } = this;
    const probability = Math.exp(nats);
    const chosen = choice === panel.chosen[app.step];
    node.classList.toggle("vz-bar-chosen", chosen);
    node.title = say(words.nats, { x: `log p = ${Number(nats).toFixed(3)}` });
    write(label, said.trim() ? said : words.blank);
    fill.style.width = `${Math.min(100 * probability, 100)}%`; // absolute: a full bar is certainty
    write(p, probability >= 0.0005 ? probability.toFixed(3) : probability.toExponential(0));
    write(mark, chosen ? words.emitted : "");
  }
  csv() {
    const rows = this.panel.steps.flatMap((item, step) => (item?.labels ?? []).map((label, i) =>
      [step, label, item.choices[i], item.log_probs[i], Math.exp(item.log_probs[i]), item.choices[i] === this.panel.chosen[step]]));
    return [["step", "label", "id", "log_prob_nats", "probability", "chosen"], ...rows];
  }
}
