// Any Plotly figure that follows the steps: cursor, uncovering, changes by step, markers that link.
import { Chart, lay, themed, typeset } from "./chart.js";
import { el } from "./dom.js";
import { unpackWeights } from "./pack.js";
import { View } from "./view.js";

export class PlotView extends View {
  constructor(panel, app) {
    super(panel, app);
    this.points = panel.points;
    this.attention = this.points?.attention ? unpackWeights(this.points.attention) : null;
    this.messages = new Map(); // by marker
    this.pointed = -1; // the marker that the arrow keys have reached
    this.cursor = el("div", { class: panel.span ? "vz-around" : "vz-cursor", hidden: true });
    this.ring = el("div", { class: "vz-ring", hidden: true });
    this.patched = -1; // the step whose changes the chart shows
    this.chart = new Chart(() => this.draw(), () => (this.setStep(), this.setHover(app.hover)), app.signal);
    this.chart.overlay.append(this.cursor, this.ring);
    this.chart.element.style.minWidth = `${panel.width ?? 0}px`;
    this.scroller = el("div", { class: "vz-scroll" }, this.chart.element);
    this.aside = this.points ? el("p", { class: "vz-note", "aria-live": "polite" }, this.words.nodes) : null;
    const keys = this.points ? { tabindex: 0, role: "group", "aria-label": panel.title, onkeydown: (event) => this.key(event) } : {};
    this.body = el("div", { class: "vz-plot", ...keys }, this.scroller, this.aside);
  }
  draw() {
    const figure = themed(this.panel.figure, this.app.theme);
    typeset(figure.layout, this.app.theme);
    figure.layout.margin = { ...figure.layout.margin, t: 30 };
    figure.layout.hovermode ??= "closest";
    figure.layout.dragmode ??= "pan";
    if (this.points) {
      figure.data[this.points.trace].hoverinfo = "none"; // the player's own tooltip says more
      delete figure.data[this.points.trace].hovertemplate;
    }
    this.patched = -1;
    return figure;
  }
  async start() {
    await this.chart.start();
    if (!this.points || !this.chart.ready) return;
    const mine = (work) => ({ points: [point], event }) => point.curveNumber === this.points.trace && this.reached(point) && work(point.customdata, event);
    const { axis } = this.points;
    this.chart.gd.on("plotly_hover", mine((index, event) => this.over(index, event)));
    this.chart.gd.on("plotly_unhover", () => this.app.leave());
    this.chart.gd.on("plotly_click", mine((index) => this.click(index)));
  }
  click(index) {
    const { axis } = this.points;
    this.app.hold(this.message(index));
    this.app.ask({ kind: axis, [axis]: index, panel: this.panel.title });
  }
  /** ↑ ↓ go through the markers of the step, Enter holds one. */
  key(event) {
    const move = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter" && this.pointed >= 0) return this.click(this.pointed);
    if (!move || !this.chart.ready || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { y } = this.chart.gd._fullData[this.points.trace];
    const here = this.points.rows.flatMap((row, index) => (row === this.app.step && Number.isFinite(y[index]) ? [index] : [])).sort((a, b) => y[a] - y[b]);
    if (!here.length) return;
    const at = here.indexOf(this.pointed);
    this.pointed = here[at < 0 ? 0 : (at + move + here.length) % here.length];
    this.app.follow(this.message(this.pointed));
    this.aside.textContent = (this.points.text[this.pointed] ?? "").split("\n").join(" · ");
  }
  reached(point) {
    const { reveal } = this.panel;
    return !reveal || point[reveal.axis] <= reveal.edges[this.app.step];
  }
  over(index, event) {
    const message = this.message(index);
    this.app.follow(message);
    this.app.tip.show(event, [...(this.points.text[index] ?? String(index)).split("\n"), ...this.app.thumbnails(message)]);
  }
  /** What the other panels need to light up a marker's attention. */
  message(index) {
    const { axis, key, labels, rows, text } = this.points;
    if (!this.messages.has(index)) {
      const weights = this.weights(index);
      this.messages.set(index, { axis, index, key, label: labels[index], said: (text[index] ?? "").split("\n")[0], row: rows[index] ?? -1, weights, path: weights && this.path(index) });
    }
    return this.messages.get(index);
  }
  /** What a marker attended to; undefined where that is not known. */
  weights(index) {
    const { of, width } = this.points;
    const row = this.attention?.subarray(of[index] * width, (of[index] + 1) * width);
    return row?.some((value) => !Number.isNaN(value)) ? row : undefined;
  }
  /** The markers that led to one, itself the last. */
  path(index) {
    const { labels, parents, rows } = this.points;
    const found = [];
    for (let at = index; at >= 0; at = parents[at] ?? -1) {
      const weights = this.weights(at);
      if (weights) found.unshift({ step: rows[at], label: labels[at], weights });
    }
    return found;
  }
  setTheme() {
    this.chart.redraw();
  }
  setStep() {
    const { app, chart, panel } = this;
    if (!chart.ready) return;
    if (this.pointed >= 0) this.forget();
    if (panel.patches && this.patched !== app.step) {
      this.patched = app.step;
      for (const [trace, change] of panel.patches[app.step]) globalThis.Plotly.restyle(chart.gd, change, [trace]);
    }
    if (panel.reveal) chart.reveal(panel.reveal.axis, panel.reveal.edges[app.step]);
    if (panel.width && panel.reveal?.axis === "x") this.bringIntoView(panel.reveal.edges[app.step]);
    lay(this.cursor, panel.cursor ? this.line(panel.cursor[app.step]) : null);
  }
  forget() {
    this.pointed = -1;
    this.aside.textContent = this.words.nodes;
    this.app.leave();
  }
  /** Scrolls a figure that is wider than its panel to the step. */
  bringIntoView(x) {
    const { clientWidth, scrollWidth, scrollLeft } = this.scroller;
    if (!this.chart.plots.length || scrollWidth <= clientWidth) return;
    const at = this.chart.box([x, x], this.chart.plots[0].y).left;
    if (at < scrollLeft + 60 || at > scrollLeft + clientWidth - 10) this.scroller.scrollLeft = at - clientWidth * 0.7;
  }
  /** A vertical line through all plot areas, or a frame of the panel's span. */
  line(x) {
    const { plots } = this.chart;
    if (!plots.length) return null;
    const top = Math.min(...plots.map((plot) => plot.top));
    const bottom = Math.max(...plots.map((plot) => plot.top + plot.height));
    const { span } = this.panel;
    const { left, width } = this.chart.box([x - span / 2, x + span / 2], plots[0].y);
    return { left: left - 1, top, width: width + 2, height: bottom - top };
  }
  setHover(hover) {
    if (!this.chart.ready || !this.points) return;
    const { x, y } = this.chart.gd._fullData[this.points.trace];
    const at = hover?.axis === this.points.axis && hover.index < x.length ? hover.index : -1;
    const spot = at >= 0 ? this.chart.box([x[at], x[at]], [y[at], y[at]]) : null;
    lay(this.ring, spot && { left: spot.left - 9, top: spot.top - 9, width: 18, height: 18 });
  }
  csv() {
    return [["trace", "x", "y", "z"], ...(this.chart.gd._fullData ?? []).flatMap((trace, i) => numbersOf(trace).map((row) => [trace.name ?? i, ...row]))];
  }
}

function numbersOf(trace) {
  if (trace.z) return Array.from(trace.z).flatMap((row, i) => Array.from(row, (value, j) => [trace.x?.[j] ?? j, trace.y?.[i] ?? i, value]));
  return Array.from(trace.x ?? [], (x, i) => [x, trace.y[i], ""]);
}
