// The candidates of the current step: every bar a button that asks "and if this had been chosen?".
import { el, say } from "./dom.js";
import { View } from "./view.js";

export class BarsView extends View {
  constructor(panel, app) {
    super(panel, app);
    this.list = el("div", { class: "vz-bars" });
    this.body = el("div", {}, this.list, el("p", { class: "vz-note" }, app.asks("fork") ? this.words.fork : ""));
  }
  setStep() {
    const item = this.panel.steps[this.app.step];
    if (!item) return this.list.replaceChildren(el("p", { class: "vz-note" }, this.words.no_choice));
    this.list.replaceChildren(...item.labels.map((label, i) => this.bar(label, item.choices[i], item.log_probs[i])));
  }
  bar(label, choice, nats) {
    const { app, words } = this;
    const p = Math.exp(nats);
    const chosen = choice === this.panel.chosen[app.step];
    const fill = el("span", { class: "vz-bar-fill" });
    fill.style.width = `${Math.min(100 * p, 100)}%`; // absolute: a full bar is certainty
    return el("button", {
      class: `vz-bar${chosen ? " vz-bar-chosen" : ""}`, type: "button", title: say(words.nats, { x: `log p = ${Number(nats).toFixed(3)}` }),
      onclick: () => app.ask({ kind: "fork", fork: app.step, choice, label }),
    }, el("span", { class: "vz-bar-label" }, label.trim() ? label : words.blank), el("span", { class: "vz-bar-track" }, fill),
    el("span", { class: "vz-bar-p" }, p >= 0.0005 ? p.toFixed(3) : p.toExponential(0)), el("span", { class: "vz-bar-mark" }, chosen ? words.emitted : ""));
  }
  csv() {
    const rows = this.panel.steps.flatMap((item, step) => (item?.labels ?? []).map((label, i) =>
      [step, label, item.choices[i], item.log_probs[i], Math.exp(item.log_probs[i]), item.choices[i] === this.panel.chosen[step]]));
    return [["step", "label", "id", "log_prob_nats", "probability", "chosen"], ...rows];
  }
}
