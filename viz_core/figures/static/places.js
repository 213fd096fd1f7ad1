// The current row drawn where its keys are: patches over their image, points in the plane.
import { el, say, shorten, svg, weightText } from "./dom.js";
import { View } from "./view.js";

const SIZE = 360;

export class PlacesView extends View {
  constructor(panel, app) {
    super(panel, app);
    const { site } = this;
    this.held = -1; // the query on show where each step has many
    this.related = !site.grows && site.query === site.key; // self-attention: a place is pointed at to see where it looks
    this.picture = svg("svg", { class: "vz-places", role: "img", "aria-label": panel.title });
    this.marks = panel.positions === "patch" ? this.patches(panel.geometry) : this.points(panel.geometry);
    this.placed = new Map(this.marks.map((mark) => [mark.index, mark.shape]));
    this.chips = site.keys.map((label, index) => (this.placed.has(index) ? null : el("button", { type: "button", class: "vz-chip", ...this.listeners(index) }, shorten(label))));
    this.legend = el("p", { class: "vz-note" });
    // Positions without a place (class token, END) stand below the picture.
    this.body = el("div", {}, this.picture, el("div", { class: "vz-chips" }, ...this.chips), this.legend);
  }
  patches({ rows, cols }) {
    const prefix = this.site.keys.length - rows * cols; // class token and registers stand before the patches
    const size = SIZE / Math.max(cols, rows);
    this.picture.setAttribute("viewBox", `0 0 ${cols * size} ${rows * size}`);
    if (this.panel.image) this.picture.append(svg("image", { href: this.panel.image, width: cols * size, height: rows * size, preserveAspectRatio: "none" }));
    return Array.from({ length: rows * cols }, (_, i) =>
      this.mark("rect", { x: (i % cols) * size, y: Math.floor(i / cols) * size, width: size, height: size, class: "vz-patch" }, prefix + i));
  }
  points({ x, y }) {
    const known = this.site.keys.map((_, i) => i).filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]));
    const scale = (values) => {
      const [low, high] = [Math.min(...known.map((i) => values[i])), Math.max(...known.map((i) => values[i]))];
      return (i) => (SIZE * (values[i] - low)) / (high - low || 1);
    };
    const [across, up] = [scale(x), scale(y)];
    this.picture.setAttribute("viewBox", `-16 -16 ${SIZE + 32} ${SIZE + 32}`);
    this.path = svg("polyline", { class: "vz-path" });
    this.picture.append(this.path);
    return known.map((i) => this.mark("circle", { cx: across(i), cy: SIZE - up(i), r: 5, class: "vz-point" }, i));
  }
  mark(tag, attributes, index) {
    const shape = svg(tag, { ...attributes, ...this.listeners(index) });
    this.picture.append(shape);
    return { shape, index };
  }
  listeners(index) {
    return { onpointermove: (event) => this.over(event, index), onpointerleave: () => this.app.leave(), onclick: () => this.click(index) };
  }
  click(index) {
    const { app, site } = this;
    if (this.related) this.held = this.held === index ? -1 : index;
    app.ask({ kind: "token", panel: this.panel.title, site: site.site, axis: site.key, index });
    this.setHover(app.hover);
  }
  over(event, index) {
    const { app, site, words } = this;
    const label = site.keys[index].trim() || words.blank;
    const alpha = this.weights(null)?.[index]; // of the row on show before this hover
    app.follow({ axis: site.key, index, side: this.related ? "query" : "key" });
    const said = this.related ? say(words.looks, { label }) : alpha === undefined ? "" : Number.isNaN(alpha) ? words.masked : `α = ${weightText(alpha)}`;
    app.tip.show(event, [label, said]);
  }

  /** The query on show where each step has many: the hovered one, else the held one, else the first. */
  query(hover) {
    const { site } = this;
    const pointed = hover && hover.axis === site.query && (site.query !== site.key || hover.side === "query");
    return pointed ? hover.index : Math.max(this.held, 0);
  }
  /** The row on show: of a hypothesis or query pointed at, else of the current step. */
  weights(hover) {
    const { site } = this;
    const [start, end] = site.visible(this.app.step);
    if (hover?.weights && hover.key === site.key) return hover.weights;
    if (!site.grows || (hover && hover.axis === site.query)) {
      const row = start + this.query(hover);
      return row < end ? site.row(row) : null;
    }
    const [first, last] = site.spans[this.app.step];
    return last > first ? site.row(last - 1) : null;
  }
  setStep() {
    this.setHover(this.app.hover);
  }
  setTheme() {
    this.setStep();
  }
  setMap(changed) {
    if (changed === this.site) this.setStep();
  }
  setHover(hover) {
    const values = this.weights(hover);
    const top = values ? values.reduce((most, value) => Math.max(most, value || 0), 0) : 0;
    const isPatch = this.panel.positions === "patch";
    const pointed = hover && hover.axis === this.site.key ? hover.index : -1;
    for (const { shape, index } of this.marks) {
      const alpha = values?.[index] || 0;
      // Patches are many, each small in weight: their opacity is relative to the row's largest, which the legend names.
      shape.style.setProperty("--alpha", (isPatch && top ? alpha / top : alpha).toFixed(3));
      if (!isPatch) shape.setAttribute("r", 4 + 12 * Math.sqrt(alpha));
      shape.classList.toggle("vz-chosen", index === pointed || (this.related && index === this.held));
    }
    this.chips.forEach((chip, index) => chip?.style.setProperty("--alpha", (values?.[index] || 0).toFixed(3)));
    this.legend.textContent = this.explain(hover, isPatch ? top : 0);
    this.trail();
  }
  explain(hover, top) {
    const { words } = this;
    const whose = this.related ? say(words.looks_from, { label: this.site.keys[this.query(hover)].trim() || words.blank }) : "";
    return [whose, top ? `${words.weight}: 0 … ${weightText(top)}.` : "", this.related ? words.point_at : ""].filter(Boolean).join(" ");
  }
  /** The points with the largest weight so far, in order: the answer of a pointer network. */
  trail() {
    const { site, path } = this;
    if (!path || !site.grows) return;
    const chosen = [];
    for (let row = 0; row < site.visible(this.app.step)[1]; row++) {
      const values = site.row(row);
      const shape = this.placed.get(values.reduce((top, value, i) => (value > (values[top] || 0) ? i : top), 0));
      if (shape) chosen.push(`${shape.getAttribute("cx")},${shape.getAttribute("cy")}`);
    }
    path.setAttribute("points", chosen.join(" "));
  }
}
