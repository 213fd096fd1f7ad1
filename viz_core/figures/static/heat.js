// The attention matrix: Plotly draws it once, a clip uncovers it row by row.
import { Chart, lay, themed, typeset } from "./chart.js";
import { el, say, weightText } from "./dom.js";
import { View } from "./view.js";

export class HeatView extends View {
  constructor(panel, app) {
    super(panel, app);
    this.relative = false; // colours: 0 to 1, or relative to each row
    this.drawn = -1; // first row on show, where each step has a map of its own
    const band = (name) => el("div", { class: `vz-band vz-band-${name}`, hidden: true });
    Object.assign(this, { now: band("now"), row: band("hover"), column: band("hover") });
    this.lent = el("canvas", { class: "vz-lent", hidden: true }); // attention of a hypothesis, laid over the row of its step
    this.chart = new Chart(() => this.draw(), () => (this.setStep(), this.setHover(app.hover)), app.signal);
    this.chart.overlay.append(this.now, this.column, this.row, this.lent);
    this.body = this.chart.element;
    this.body.addEventListener("pointermove", (event) => this.over(event));
    this.body.addEventListener("pointerleave", () => app.leave());
    this.chart.onclick((event) => this.click(event));
    this.tools = [this.scale()];
  }
  scale() {
    const { words } = this;
    const change = (event) => ((this.relative = event.target.value === "row"), this.chart.redraw());
    return el("select", { "aria-label": words.colours, onchange: change }, el("option", { value: "absolute" }, words.absolute), el("option", { value: "row" }, words.row_max));
  }

  draw() {
    const { app, words } = this;
    const figure = themed(this.panel.figure, app.theme);
    const z = this.cells();
    const [map] = figure.data;
    const title = { text: this.relative ? words.weight_row : words.weight, side: "right", font: { size: 12 } };
    Object.assign(map, { z, colorscale: app.theme.weights, colorbar: { ...map.colorbar, title }, hoverinfo: "none" });
    figure.data = [map, ...this.hatch(z)];
    Object.assign(figure.layout, { hovermode: false, dragmode: false, showlegend: figure.data.length > 1 });
    figure.layout.margin = { l: 20, r: 10, t: 20, b: 24 };
    typeset(figure.layout, app.theme);
    return figure;
  }
  /** Every row the figure has room for; those of later steps are there too, but covered. */
  cells() {
    const { site } = this;
    this.drawn = site.grows ? 0 : site.visible(this.app.step)[0];
    return Array.from({ length: site.height }, (_, i) => {
      const values = site.row(this.drawn + i);
      if (!this.relative) return values;
      const top = values.reduce((most, value) => Math.max(most, value || 0), 0) || 1;
      return values.map((value) => value / top);
    });
  }
  /** Masked cells: one hatched bar a run. */
  hatch(z) {
    const runs = z.flatMap((values, i) => maskedRuns(values).map(([start, length]) => [i, start, length]));
    if (!runs.length) return [];
    const pattern = { shape: "/", size: 6, solidity: 0.2, fgcolor: this.app.theme.muted, bgcolor: "rgba(0,0,0,0)" };
    return [{
      type: "bar", orientation: "h", y: runs.map((r) => r[0]), x: runs.map((r) => r[2]), base: runs.map((r) => r[1] - 0.5),
      width: 1, name: this.words.masked, hoverinfo: "skip", marker: { color: "rgba(0,0,0,0)", line: { width: 0 }, pattern },
    }];
  }

  start() {
    return this.chart.start();
  }
  setTheme() {
    this.chart.redraw();
  }
  setMap(changed) {
    if (changed === this.site) this.chart.redraw();
  }
  setStep() {
    const { app, chart, site } = this;
    if (!chart.ready) return;
    const [start, end] = site.visible(app.step);
    if (!site.grows && start !== this.drawn) return void chart.redraw();
    chart.reveal("y", site.grows ? end - 0.5 : site.height);
    const [first, last] = site.spans[app.step];
    lay(this.now, site.grows && last > first ? this.rows(first, last) : null);
  }
  rows(first, end) {
    return this.chart.box([-0.5, this.site.width - 0.5], [first - 0.5, end - 0.5]);
  }
  setHover(hover) {
    const { chart, site } = this;
    if (!chart.ready) return;
    const [start, end] = site.visible(this.app.step);
    const [query, key] = this.pointed(hover);
    lay(this.row, query >= 0 && query < end - start ? this.rows(query, query + 1) : null);
    lay(this.column, key >= 0 && end > start ? chart.box([key - 0.5, key + 0.5], [-0.5, end - start - 0.5]) : null);
    this.lend(hover);
  }
  /** The row and column that a hover means here, −1 for none. Self-attention has one axis twice: `side` says which. */
  pointed(hover) {
    const { site } = this;
    if (!hover) return [-1, -1];
    if (hover.cell?.site === site) return [hover.cell.query, hover.cell.key];
    const isKey = hover.axis === site.key && (site.key !== site.query || hover.side === "key");
    const isQuery = hover.axis === site.query && !isKey;
    return [isQuery ? hover.index : -1, isKey ? hover.index : -1];
  }
  lend(hover) {
    const { lent, site, app } = this;
    const at = hover?.weights && hover.key === site.key && site.grows ? hover.row : -1;
    lay(lent, at >= 0 && at < site.height ? this.rows(at, at + 1) : null);
    if (lent.hidden) return;
    Object.assign(lent, { width: site.width, height: 1 });
    const image = new ImageData(site.width, 1);
    hover.weights.forEach((value, j) => image.data.set([...app.theme.colour(value || 0), 255], 4 * j));
    lent.getContext("2d").putImageData(image, 0, 0);
  }

  cellAt(event) {
    const { chart, site } = this;
    const at = chart.ready && chart.at(event);
    if (!at) return null;
    const [start, end] = site.visible(this.app.step);
    const [query, key] = [Math.round(at.y), Math.round(at.x)];
    if (query < 0 || query >= end - start || key < 0 || key >= site.width) return null;
    return { query, key, row: start + query, value: site.row(start + query)[key] };
  }
  over(event) {
    const { app, site, words } = this;
    const cell = this.cellAt(event);
    if (!cell) return app.leave();
    const { query, key } = cell;
    app.follow({ axis: site.query, index: query, side: "query", cell: { site, query, key } });
    const x = weightText(cell.value);
    const alpha = Number.isNaN(cell.value) ? words.masked : site.block > 1 ? say(words.mean, { n: site.block, x }) : `α = ${x}`;
    app.tip.show(event, [`${site.queries[cell.row]} → ${site.keys[key]}`, alpha]);
  }
  click(event) {
    const { app, panel, site } = this;
    const cell = this.cellAt(event);
    const { layer, head } = site.maps[site.shown];
    if (cell) app.ask({ kind: "cell", panel: panel.title, site: site.site, row: cell.row, col: cell.key, layer, head });
  }
}

/** [start, length] of every run of NaN. */
function maskedRuns(values) {
  const runs = [];
  for (let j = 0; j < values.length; j++) {
    if (!Number.isNaN(values[j])) continue;
    const start = j;
    while (j < values.length && Number.isNaN(values[j])) j++;
    runs.push([start, j - start]);
  }
  return runs;
}
