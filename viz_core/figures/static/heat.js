// The attention matrix: drawn once, uncovered row by row.
import { el, say, svg, weightText } from "./dom.js";
import { Grid, cellPicture } from "./grid.js";
import { View } from "./view.js";

export class HeatView extends View {
  constructor(panel, app) {
    super(panel, app);
    this.relative = false; // colours: 0 to 1, or relative to each row
    this.drawn = -1; // first row on show, where each step has a map of its own
    this.grid = null;
    const mark = (tag, name) => svg(tag, { class: name, hidden: true, preserveAspectRatio: tag === "image" ? "none" : null });
    Object.assign(this, { now: mark("rect", "vz-band-now"), row: mark("rect", "vz-band-hover"), column: mark("rect", "vz-band-hover") });
    this.lent = mark("image", "vz-cells"); // attention of a hypothesis, laid over the row of its step
    this.lentFrame = mark("rect", "vz-lent");
    this.picture = svg("svg", { class: "vz-heat", role: "img", "aria-label": panel.title });
    this.body = el("div", {}, this.picture);
    this.body.addEventListener("pointermove", (event) => this.over(event));
    this.body.addEventListener("pointerleave", () => app.leave());
    this.body.addEventListener("click", (event) => this.click(event));
    this.tools = [this.scale()];
    this.followWidth(this.body, () => this.build());
  }
  scale() {
    const { words } = this;
    const change = (event) => ((this.relative = event.target.value === "row"), this.build());
    return el("select", { "aria-label": words.colours, onchange: change }, el("option", { value: "absolute" }, words.absolute), el("option", { value: "row" }, words.row_max));
  }

  /** Draws everything for the present width, colours and map. */
  build() {
    const { app, body, panel, picture, site, words } = this;
    if (!body.clientWidth) return;
    const start = (this.drawn = site.grows ? 0 : site.visible(app.step)[0]);
    const values = Array.from({ length: site.height }, (_, i) => this.shown(site.row(start + i)));
    this.unseen = panel.empty && values.every((row) => row.every(Number.isNaN)) ? panel.empty : words.masked;
    const masked = values.some((row) => row.some(Number.isNaN)) ? this.unseen : "";
    const bar = this.relative ? words.weight_row : words.weight;
    this.grid = new Grid(site.queries.slice(start, start + site.height), site.keys, body.clientWidth, { font: `12px ${app.theme.font}`, bar, masked });
    const { width, height } = this.grid.size;
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) picture.setAttribute(name, value);
    this.grid.paint(values, app.theme.colour);
    picture.replaceChildren(...this.grid.nodes, this.lent, this.lentFrame, this.now, this.column, this.row);
    this.setStep();
  }
  shown(row) {
    if (!this.relative) return row;
    const top = row.reduce((most, value) => Math.max(most, value || 0), 0) || 1;
    return row.map((value) => value / top);
  }
  setTheme() {
    this.build();
  }
  setMap(changed) {
    if (changed === this.site) this.build();
  }
  setStep() {
    const { app, grid, site } = this;
    if (!grid) return;
    const [start, end] = site.visible(app.step);
    if (!site.grows && start !== this.drawn) return this.build();
    grid.reveal(end - start);
    const [first, last] = site.spans[app.step];
    put(site.grows && last > first ? grid.rowBox(first, last - first) : null, this.now);
    this.setHover(app.hover);
  }
  setHover(hover) {
    const { grid, site } = this;
    if (!grid) return;
    const [start, end] = site.visible(this.app.step);
    const [query, key] = this.pointed(hover);
    put(query >= 0 && query < end - start ? grid.rowBox(query) : null, this.row);
    put(key >= 0 && end > start ? grid.columnBox(key, end - start) : null, this.column);
    this.lend(hover);
  }
  /** The row and column that a hover means here, −1 for none. Self-attention has one axis twice: `side` says which. */
  pointed(hover) {
    const { site } = this;
    if (!hover) return [-1, -1];
    if (hover.cell?.site === site) return [hover.cell.query, hover.cell.key];
    const isKey = hover.axis === site.key && (site.key !== site.query || hover.side === "key");
    const isQuery = hover.axis === site.query && !isKey;
    return [isQuery ? hover.index : -1, isKey && hover.index < site.width ? hover.index : -1];
  }
  lend(hover) {
    const { lent, site, app } = this;
    const at = hover?.weights && hover.key === site.key && site.grows ? hover.row : -1;
    const known = at >= 0 && at < site.height;
    if (known) lent.setAttribute("href", cellPicture([hover.weights], app.theme.colour));
    put(known ? this.grid.rowBox(at) : null, lent, this.lentFrame);
  }

  cellAt(event) {
    const { grid, picture, site } = this;
    if (!grid) return null;
    const host = picture.getBoundingClientRect();
    const [query, key] = grid.at(event.clientX - host.left, event.clientY - host.top);
    const [start, end] = site.visible(this.app.step);
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
    const alpha = Number.isNaN(cell.value) ? this.unseen : site.block > 1 ? say(words.mean, { n: site.block, x }) : `α = ${x}`;
    app.tip.show(event, [`${site.queries[cell.row]} → ${site.keys[key]}`, alpha]);
  }
  click(event) {
    const { app, panel, site } = this;
    const cell = this.cellAt(event);
    const { layer, head } = site.maps[site.shown];
    if (cell) app.ask({ kind: "cell", panel: panel.title, site: site.site, row: cell.row, col: cell.key, layer, head });
  }
}

/** Places marks over a rectangle; hides them when there is none. */
function put(box, ...marks) {
  for (const mark of marks) {
    mark.toggleAttribute("hidden", !box);
    for (const [name, value] of Object.entries(box ?? {})) mark.setAttribute(name, value);
  }
}
