// How one head finds its cells at the tick on show: bars over the cells, stage by stage, with the numbers that make them.
import { el, say, svg } from "../dom.js";
import { mathNode } from "../formula.js";
import { digits, spread } from "./numbers.js";

const BAR = 46; // px of a full bar

export class StagesView {
  constructor(app) {
    Object.assign(this, { app, wide: true, title: app.words.addressing, note: app.words.addressing_note });
    this.tabs = el("div", { class: "vh-tabs", role: "tablist" });
    this.rows = el("div", {});
    this.simple = el("p", { class: "vz-note" });
    this.body = el("div", {}, this.tabs, this.rows, this.simple);
  }
  get head() {
    return this.app.head;
  }
  /** Everything for the head on show and the present width. */
  build() {
    const { app, head } = this;
    this.tabs.replaceChildren(...app.data.heads.map((item, i) => el("button", { type: "button", role: "tab", "aria-selected": item === head ? "true" : "false", onclick: () => app.change({ head: i }) }, item.name)));
    this.simple.textContent = head.told.length ? "" : app.words.simple_note;
    this.stages = head.stages.map((stage) => this.stage(stage));
    this.rows.replaceChildren(...this.stages.map((item) => item.node));
    this.setStep();
  }
  stage(stage) {
    const { app } = this;
    const [bars, now] = [svg("path", { class: "vn-bars" }), svg("rect", { class: "vz-band-hover", y: 0, height: BAR, visibility: "hidden" })];
    const picture = svg("svg", { class: "vn-stage", viewBox: `0 0 ${app.cells} ${BAR}`, preserveAspectRatio: "none", role: "img", "aria-label": stage.title }, svg("rect", { width: app.cells, height: BAR, class: "vn-paper" }), bars, now);
    const [told, most] = [el("div", { class: "vn-told" }), el("div", { class: "vn-most" })];
    const cell = (event) => {
      const area = picture.getBoundingClientRect();
      return Math.min(Math.max(Math.floor(((event.clientX - area.left) / area.width) * app.cells), 0), app.cells - 1);
    };
    picture.addEventListener("pointermove", (event) => {
      const i = cell(event);
      app.point(i);
      app.tip.show(event, [stage.title, say(app.words.cell_at, { i }), digits(stage.values[app.step * app.cells + i])]);
    });
    picture.addEventListener("pointerleave", () => (app.tip.hide(), app.point(null)));
    const equation = mathNode(stage.equation || stage.symbol, stage.equation_latex || stage.latex);
    const node = el("div", { class: "vn-row" }, el("div", {}, el("b", {}, stage.title), el("div", { class: "vz-equation" }, equation), told), el("div", {}, picture, most));
    return { node, stage, bars, now, told, most };
  }
  setStep() {
    const { app, head } = this;
    for (const item of this.stages) {
      const values = item.stage.values.subarray(app.step * app.cells, (app.step + 1) * app.cells);
      item.bars.setAttribute("d", bars(values, item.stage.signed));
      let top = 0;
      values.forEach((value, i) => (top = value > values[top] ? i : top));
      item.most.textContent = [say(app.words.most, { i: top, x: digits(values[top]) }), item.stage.signed ? "" : say(app.words.spread_at, { x: spread(values).toFixed(1) })].filter(Boolean).join(" · ");
      item.told.textContent = toldLine(item.stage.key, head.told, app.step);
    }
  }
  point(cell) {
    for (const { now } of this.stages ?? []) {
      now.setAttribute("visibility", cell === null ? "hidden" : "visible");
      if (cell !== null) (now.setAttribute("x", cell), now.setAttribute("width", 1));
    }
  }
  csv() {
    const { app, head } = this;
    const names = Array.from({ length: app.cells }, (_, i) => `cell ${i}`);
    return [["stage", ...names], ...head.stages.map((stage) => [stage.title, ...Array.from(stage.values.subarray(app.step * app.cells, (app.step + 1) * app.cells), (v) => +v.toFixed(5))])];
  }
}

/** One bar a cell; a full bar is 1, and signed ones grow from the middle. */
function bars(values, signed) {
  const [zero, full] = signed ? [BAR / 2, BAR / 2] : [BAR, BAR];
  const high = (value) => (!signed && value > 1e-3 ? Math.max(value * full, 1) : value * full); // a small weight is still to be seen
  return Array.from(values, (value, i) => `M${i + 0.05} ${zero}v${(-high(value)).toFixed(2)}h0.9V${zero}z`).join("");
}

/** The controller's numbers that turn the stage before into this one. */
function toldLine(stage, told, step) {
  const values = (key) => told.find((item) => item.key === key)?.values[step];
  if (!told.length) return "";
  const one = (key) => digits(values(key)[0]);
  if (stage === "content weighting") return `β = ${one("key strength")}`;
  if (stage === "gated weighting") return `g = ${one("gate")}:  ${one("gate")} · wᶜ + ${digits(1 - values("gate")[0])} · w(t−1)`;
  if (stage === "shifted weighting") {
    const reach = (values("shift").length - 1) / 2;
    return values("shift").map((s, i) => `s(${i - reach > 0 ? "+" : ""}${String(i - reach).replace("-", "−")}) = ${digits(s)}`).join(",  ");
  }
  return stage === "weighting" ? `γ = ${one("sharpening")}` : "";
}
