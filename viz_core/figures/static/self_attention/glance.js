// One word's row at a glance: score, scaled, masked, softmax for every word it may look at. The step on show is lit.
import { el, say } from "../dom.js";
import { rich } from "./rich.js";
import { titleOf } from "./stages.js";
import { cellText, shareText } from "./typed.js";

const ROWS = [["e", "dot"], ["s", "scale"], ["m", "mask"], ["a", "softmax"]];

/** The table of the row in focus, as it stands. */
export function glance(app) {
  const { labels, focus, shownHead: head, count, words, stage } = app;
  const cell = (name, j) => {
    const value = app.tensor(name, head).data[focus * count + j];
    const key = app.keyOf({ name, head }, focus, j);
    const style = `background-color:${app.shade(name, value, app.reach(name, head))}`;
    return el("td", {}, el("span", { class: `sa-cell${app.changed(key) ? " sa-changed" : ""}`, tabindex: -1, "data-key": key, style }, name === "a" ? shareText(value) : cellText(value)));
  };
  const bar = (j) => {
    const weight = app.tensor("a", head).data[focus * count + j];
    return el("td", {}, el("span", { class: "sa-bar" }, el("span", { style: `width:${Math.min(Math.max(weight || 0, 0), 1) * 100}%` })));
  };
  const lines = ROWS.map(([name, at]) => el("tr", { class: at === stage ? "sa-now" : null }, el("th", { scope: "row" }, ...rich(titleOf(app, name))), ...labels.map((_label, j) => cell(name, j))));
  return el("table", { class: "sa-glance" },
    el("caption", {}, say(words.row_of, { word: labels[focus] })),
    el("thead", {}, el("tr", {}, el("th", {}), ...labels.map((label) => el("th", { scope: "col", title: label }, el("bdi", {}, label))))),
    el("tbody", {}, ...lines, el("tr", { "aria-hidden": "true" }, el("th", {}), ...labels.map((_label, j) => bar(j)))));
}
