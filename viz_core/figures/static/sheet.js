// A contact sheet: one small picture a step with its map and its word; of a hypothesis that is pointed at, of its words.
import { el, say, shorten, weightText, write } from "./dom.js";
import { MapBoard, groundOf, spot } from "./glow.js";
import { View } from "./view.js";

const [SMALLEST, WIDEST, GAP, EDGE] = [76, 150, 8, 10]; // pixels of a picture, between pictures, of a tile around its picture

export class SheetView extends View {
  constructor(panel, app) {
    super(panel, app);
    this.ground = groundOf(panel, this.site, app);
    this.own = this.site.spans.flatMap(([start, end], step) => (end > start ? [{ step, row: end - 1, label: this.site.queries[end - 1] }] : []));
    this.shown = null; // the entries on show
    this.tiles = [];
    this.note = el("p", { class: "vz-note" });
    this.strip = el("div", { class: "vz-sheet", role: "group", "aria-label": panel.title });
    this.body = el("div", {}, this.note, this.strip);
    this.followWidth(this.body, () => this.layout());
  }
  start() {}
  layout() {
    const { own, ground, body } = this;
    const room = body.clientWidth / (own.length + (ground.plain ? 0 : 1)) - GAP - EDGE;
    this.width = Math.floor(Math.min(Math.max(room, SMALLEST), WIDEST, (WIDEST * ground.cols) / ground.rows));
    this.rebuild(own);
  }
  /** Draws all pictures again. */
  rebuild(entries = this.own) {
    if (!this.width) return;
    this.shown = entries;
    while (this.tiles.length < entries.length) this.tiles.push(this.tile(this.tiles.length));
    const plain = this.ground.plain ? [] : [this.plainTile()];
    entries.forEach((entry) => (entry.masked = (entry.weights ?? this.site.row(entry.row)).every(Number.isNaN)));
    this.strip.replaceChildren(...plain, ...this.tiles.slice(0, entries.length).map(({ node }) => node));
    entries.forEach((entry, i) => this.fill(this.tiles[i], entry));
    this.setStep();
  }
  tile(i) {
    const { app } = this;
    const board = new MapBoard(this.ground, "");
    const [word, alpha] = [el("span", { class: "vz-tile-word" }), el("span", { class: "vz-tile-alpha" })];
    board.caption.replaceChildren(word, alpha);
    const preview = () => this.shown === this.own && app.follow({ axis: this.site.query, index: this.shown[i].row, side: "query" });
    const node = el("button", { type: "button", class: "vz-tile", onpointerenter: preview, onpointerleave: () => app.leave(), onclick: () => this.choose(i) }, board.body);
    return { board, node, word, alpha };
  }
  plainTile() {
    this.plain ??= new MapBoard(this.ground, this.words.picture);
    this.plain.resize(this.width);
    this.plain.show(null);
    return el("div", { class: "vz-tile vz-tile-plain" }, this.plain.body);
  }
  fill({ board, node, word }, entry) {
    board.resize(this.width);
    board.show(entry.weights ?? this.site.row(entry.row));
    word.textContent = shorten(entry.label, 14);
    node.setAttribute("aria-label", entry.label.trim() || this.words.blank);
  }
  choose(i) {
    const { app, shown } = this;
    if (shown[i].step !== undefined) app.go(shown[i].step);
    app.leave();
  }

  setStep() {
    const { app, own, shown, strip, tiles } = this;
    if (!shown) return;
    this.setHover(app.hover);
    const inside = strip.contains(document.activeElement);
    const at = shown === own ? own.findIndex(({ step }) => step === app.step) : shown.length - 1;
    shown.forEach((_, i) => {
      tiles[i].node.classList.toggle("vz-now", i === at);
      tiles[i].node.tabIndex = i === Math.max(at, 0) ? 0 : -1; // one stop of the Tab key: the arrows go from word to word
      tiles[i].node.setAttribute("aria-current", i === at ? "step" : "false");
    });
    if (at < 0) return;
    if (inside) tiles[at].node.focus({ preventScroll: true });
    this.bringIntoView(tiles[at].node);
  }
  /** Scrolls the sheet, never the page. */
  bringIntoView({ offsetLeft, offsetWidth }) {
    const { strip } = this;
    if (strip.scrollWidth <= strip.clientWidth) return;
    const [left, right] = [offsetLeft - strip.offsetLeft, offsetLeft - strip.offsetLeft + offsetWidth];
    if (left < strip.scrollLeft + GAP || right > strip.scrollLeft + strip.clientWidth - GAP) strip.scrollLeft = left - strip.clientWidth / 2;
  }
  setHover(hover) {
    const { own, site, tiles, words } = this;
    if (!this.shown) return;
    const path = hover?.path && hover.key === site.key && site.grows ? hover.path : null;
    if (path ? this.shown !== path : this.shown !== own) this.rebuild(path ?? own);
    this.note.textContent = path ? say(words.sheet_path, { word: hover.said }) : words.sheet;
    const key = hover?.axis === site.key && !hover.weights ? hover.index : -1;
    const query = hover?.axis === site.query && site.query !== site.key ? hover.index : -1;
    spot(this.strip, this.ground, key);
    this.shown.forEach((entry, i) => {
      const alpha = entry.masked ? NaN : key < 0 ? null : (entry.weights ?? site.row(entry.row))[key];
      write(tiles[i].alpha, alpha === null ? "" : Number.isNaN(alpha) ? words.masked : weightText(alpha));
      tiles[i].node.classList.toggle("vz-followed", query >= 0 && entry.row === query);
    });
  }
  setMap(changed) {
    if (changed === this.site) this.rebuild(this.shown ?? this.own);
  }
}
