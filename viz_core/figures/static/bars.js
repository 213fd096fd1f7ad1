// The candidates of the current step: every bar a button that asks "and if this had been chosen?".
import { el, say } from "./dom.js";

export function barsPanel(panel, app) {
  const { words } = app;
  const list = el("div", { class: "vz-bars" });
  const note = el("p", { class: "vz-note" }, app.asks("fork") ? words.fork : "");
  function setStep() {
    const item = panel.steps[app.step];
    if (!item) return list.replaceChildren(el("p", { class: "vz-note" }, words.no_choice));
    list.replaceChildren(...item.labels.map((label, i) => bar(label, item.choices[i], Math.exp(item.log_probs[i]), item.log_probs[i])));
  }
  function bar(label, choice, p, nats) {
    const chosen = choice === panel.chosen[app.step];
    const fill = el("span", { class: "vz-bar-fill" });
    fill.style.width = `${Math.min(100 * p, 100)}%`; // absolute: a full bar is certainty
    return el("button", {
      class: `vz-bar${chosen ? " vz-bar-chosen" : ""}`, type: "button", title: say(words.nats, { x: `log p = ${Number(nats).toFixed(3)}` }),
      onclick: () => app.ask({ kind: "fork", fork: app.step, choice, label }),
    }, el("span", { class: "vz-bar-label" }, label.trim() ? label : words.blank), el("span", { class: "vz-bar-track" }, fill),
    el("span", { class: "vz-bar-p" }, p >= 0.0005 ? p.toFixed(3) : p.toExponential(0)), el("span", { class: "vz-bar-mark" }, chosen ? words.emitted : ""));
  }
  const csv = () => [["step", "label", "id", "log_prob_nats", "probability", "chosen"],
    ...panel.steps.flatMap((item, step) => (item?.labels ?? []).map((label, i) =>
      [step, label, item.choices[i], item.log_probs[i], Math.exp(item.log_probs[i]), item.choices[i] === panel.chosen[step]]))];
  return { body: el("div", {}, list, note), tools: [], start: setStep, setStep, setHover: () => {}, setTheme: () => {}, setMap: () => {}, csv };
}
