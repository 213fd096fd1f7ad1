// The current row of a site drawn where its keys are. What is drawn is up to the two kinds: points.js and picture.js.
import { el, say, shorten, weightText } from "./dom.js";
import { View } from "./view.js";

export class PlacesView extends View {
  constructor(panel, app) {
    super(panel, app);
    const { site } = this;
    this.held = -1; // the query on show where each step has many
    this.related = !site.grows && site.query === site.key; // self-attention: a place is pointed at to see where it looks
    this.legend = el("p", { class: "vz-note" });
    const stage = this.build();
    this.chips = site.keys.map((label, index) => (this.placed(index) ? null : el("button", { type: "button", class: "vz-chip", ...this.listeners(index) }, shorten(label))));
    // Positions without a place (class token, END) stand below the picture.
    this.body = el("div", {}, ...stage, el("div", { class: "vz-chips" }, ...this.chips), this.legend);
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
    const { app, words } = this;
    const label = this.nameOf(index);
    const alpha = this.weights(this.source(app.hover))?.[index]; // of the row on show before this hover
    app.follow({ axis: this.site.key, index, side: this.related ? "query" : "key" });
    const said = this.related ? say(words.looks, { label }) : alpha === undefined ? "" : Number.isNaN(alpha) ? words.masked : this.alphaText(alpha);
    app.tip.show(event, [label, said]);
  }
  nameOf(index) {
    return this.site.keys[index].trim() || this.words.blank;
  }
  alphaText(alpha) {
    return `α = ${weightText(alpha)}`;
  }

  /** What chooses the row: while a key is pointed at, the row that is held stays on show. */
  source(hover) {
    const isKey = hover && hover.axis === this.site.key && !hover.weights && !(this.related && hover.side === "query");
    return isKey ? this.app.held : hover;
  }
  /** The query on show where each step has many: the hovered one, else the held one, else the first. */
  query(hover) {
    const { site } = this;
    const pointed = hover && hover.axis === site.query && (site.query !== site.key || hover.side === "query");
    return pointed ? hover.index : Math.max(this.held, 0);
  }
  /** The number of the row on show, −1 for none: of a query pointed at, else of the current step. */
  rowAt(hover) {
    const { site } = this;
    const [start, end] = site.visible(this.app.step);
    if (site.grows && hover?.axis === site.query) return hover.index < site.queries.length ? hover.index : -1;
    if (!site.grows) return start + this.query(hover) < end ? start + this.query(hover) : -1;
    const [first, last] = site.spans[this.app.step];
    return last > first ? last - 1 : -1;
  }
  /** The row on show: of a hypothesis pointed at, else that of `rowAt`. */
  weights(hover) {
    if (hover?.weights && hover.key === this.site.key) return hover.weights;
    const row = this.rowAt(hover);
    return row < 0 ? null : this.site.row(row);
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
    const source = this.source(hover);
    const values = this.weights(source);
    this.draw(values, hover && hover.axis === this.site.key ? hover.index : -1, source);
    this.chips.forEach((chip, index) => chip?.style.setProperty("--alpha", (values?.[index] || 0).toFixed(3)));
    this.legend.textContent = this.explain(source);
  }
  explain(hover) {
    const { words } = this;
    return this.related ? `${say(words.looks_from, { label: this.nameOf(this.query(hover)) })} ${words.point_at}` : "";
  }
}
