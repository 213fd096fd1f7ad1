// The switches above the steps: similarity, scaling, mask, projections, order of the words, and taking changes back.
import { el, say } from "../dom.js";
import { rich } from "./rich.js";

/** The switches as they stand. */
export function switches(app) {
  const { words, view } = app;
  const check = (name, label, possible = true) => el("label", { class: possible ? null : "sa-off" }, el("input", { type: "checkbox", name, checked: view[name], disabled: !possible, onchange: (event) => app.change({ [name]: event.target.checked }) }), el("span", {}, ...rich(label)));
  const kinds = el("label", {}, words.similarity, el("select", { name: "score", onchange: (event) => app.change({ score: event.target.value }) },
    ...["dot", "additive", "cosine"].map((name) => el("option", { value: name, selected: name === view.score }, words[`score_${name}`]))));
  const plain = view.order.every((word, position) => word === position);
  const button = (label, work, possible = true) => el("button", { type: "button", disabled: !possible, onclick: work }, label);
  return [kinds, check("scaled", words.divide, view.score === "dot"), check("mask", words.causal), check("project", words.projections),
    button(plain ? words.shuffle : words.shuffle_again, () => app.shuffle(), app.count > 1), plain ? null : button(words.unshuffle, () => app.change({ order: view.order.map((_word, i) => i) })),
    app.edits.size ? el("span", { class: "sa-changes" }, say(app.edits.size === 1 ? words.one_changed : words.changed, { n: app.edits.size }), " ", button(words.put_back, () => app.putBack())) : null,
    app.themeButton()].filter(Boolean);
}

/** Words to put in focus, and heads where there are several. */
export function choosers(app) {
  const { words, labels, focus, heads, shownHead } = app;
  const chip = (label, pressed, work) => el("button", { type: "button", "aria-pressed": String(pressed), title: label, onclick: work }, el("bdi", {}, label.length > 18 ? `${label.slice(0, 17)}…` : label));
  const row = el("div", { class: "sa-chips", role: "group", "aria-label": words.row }, el("span", {}, words.row), ...labels.map((label, i) => chip(label, i === focus, () => app.change({ row: app.view.order[i] }))));
  if (heads < 2) return [row];
  const one = (h) => chip(say(words.head_n, { h: app.headName(h) }), h === shownHead, () => app.change({ head: h }));
  return [row, el("div", { class: "sa-chips", role: "group", "aria-label": words.head }, el("span", {}, words.head), ...Array.from({ length: heads }, (_, h) => one(h)))];
}
