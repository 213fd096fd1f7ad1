// Self-attention by hand: ten steps over a few words, every number visible and changeable, recomputed at once in the
// page. The server is only told what is on show (`view`), so that the page's address reopens it.
import { Tip, el, say, textWidth } from "../dom.js";
import { mathNode } from "../formula.js";
import { readLook } from "../heads/look.js";
import { Stepper } from "../heads/stepper.js";
import { Mounted } from "../mounted.js";
import { saveMenu } from "../save.js";
import { SHARED, attend } from "./arithmetic.js";
import { NumberGrid } from "./cells.js";
import { Editing } from "./editing.js";
import { glance } from "./glance.js";
import { keyAt, keyName, placeOf } from "./keys.js";
import { unpackedNumbers } from "./numbers.js";
import { notes } from "./notes.js";
import { rich } from "./rich.js";
import { STAGES, equationOf, sentenceOf, stageBlocks } from "./stages.js";
import { choosers, switches } from "./switches.js";
import { exact, packed, unpacked } from "./typed.js";
import { workedLines } from "./worked.js";

const QUIET = 500; // ms without a change before the address is told

/** Draws a payload (figures/self_attention.py) into `root`. options: send(name, value), standalone. */
export function mountDesk(root, payload, options = {}) {
  return new Desk(root, payload, options);
}

class Desk extends Mounted {
  constructor(root, payload, options) {
    super(root, { ...payload, numbers: unpackedNumbers(payload) }, options, "sa-root", payload.words.desk);
    this.facts = {}; // what each part that was drawn depended on
    this.take(payload.view);
    this.read();
    this.tip = new Tip(root);
    this.editing = new Editing(this);
    this.stepper = new Stepper(this, STAGES.map((stage) => this.words[`step_${stage}`].replace("^", "")));
    this.parts = { switches: el("div", { class: "sa-switches" }), choosers: el("div", { class: "sa-choosers" }), stage: el("div"), glance: el("div", { class: "sa-glance-frame" }), all: el("div", { class: "sa-all" }), notes: el("ul", { class: "sa-notes", "aria-live": "polite" }) };
    const savable = { get step() { return 0; }, words: this.words, theme: this.look };
    const menu = saveMenu({ title: `${payload.title} ${this.words.glance}` }, { body: this.parts.glance, csv: () => this.csv() }, savable);
    root.replaceChildren(el("h3", { class: "vz-title" }, ...rich(payload.title)), this.parts.switches, this.stepper.element, this.editing.note, this.parts.choosers,
      el("section", { class: "vz-panel" }, this.parts.stage),
      el("section", { class: "vz-panel" }, el("header", {}, el("h4", {}, this.words.glance), el("div", { class: "vz-tools" }, menu)), el("div", { class: "sa-overview" }, this.parts.glance, this.parts.all), this.parts.notes), this.tip.box);
    this.listen();
    this.show();
    root.dataset.ready = "true";
  }
  /** The view that an address or a file names. */
  take(view) {
    const count = this.payload.words_read.length;
    const order = view.order.length === count ? view.order : Array.from({ length: count }, (_, i) => i);
    this.view = { ...view, order, row: Math.min(view.row, count - 1), step: Math.min(view.step, STAGES.length - 1) };
    this.edits = unpacked(view.edits);
    this.told = JSON.stringify(this.state());
  }
  get stage() {
    return STAGES[this.view.step];
  }
  get count() {
    return this.view.order.length;
  }
  get labels() {
    return this.view.order.map((word) => this.payload.words_read[word]);
  }
  get heads() {
    return this.view.project ? this.payload.numbers.heads : 1;
  }
  get shownHead() {
    return Math.min(this.view.head, this.heads - 1);
  }
  /** Position of the word whose row is followed. */
  get focus() {
    return this.view.order.indexOf(this.view.row);
  }
  headName(h) {
    const { origin } = this.payload;
    return origin ? String((origin.head + h) % origin.heads) : String(h);
  }
  listen() {
    const { signal, root } = this;
    this.followKeys((event) => event.target.getAttribute("role") !== "grid" && this.stepper.key(event));
    this.followWidth(root, () => this.layOut(true), root.clientWidth);
    document.addEventListener("pointerdown", (event) => root.contains(event.target) || this.tellNow(), { signal, capture: true });
    root.addEventListener("click", ({ target }) => {
      const label = target.closest("[data-row]");
      if (label) this.change({ row: this.view.order[Number(label.dataset.row)] });
    }, { signal });
  }

  tensor(name, head = 0) {
    return this.result[name][SHARED.has(name) ? 0 : head];
  }
  keyOf(block, r, c) {
    return keyAt(block, r, c, this.view.order);
  }
  valueOf(key) {
    const [name, head, r, c] = placeOf(key, this.view.order);
    const m = this.tensor(name, head);
    return m.data[r * m.cols + c];
  }
  nameOf(key) {
    const { words, labels, view, heads } = this;
    return keyName(key, { words, labels, view, heads, headName: (h) => this.headName(h) });
  }
  changed(key) {
    return this.edits.has(key);
  }
  /** Largest size of a tensor's numbers, for its colours. */
  reach(name, head) {
    if (name === "a") return 1;
    const at = `${name}.${head}`;
    if (!this.reaches.has(at)) this.reaches.set(at, this.tensor(name, head).data.reduce((top, value) => (Number.isFinite(value) ? Math.max(top, Math.abs(value)) : top), 0) || 1);
    return this.reaches.get(at);
  }
  shade(name, value, size) {
    if (!Number.isFinite(value)) return "transparent";
    const [r, g, b] = name === "a" ? this.look.colour(0.4 * value) : this.look.signed(0.5 + 0.22 * (value / size));
    return `rgb(${r},${g},${b})`;
  }
  textWidth(text) {
    return textWidth(text, `700 12.5px ${this.look.font}`);
  }

  /** The reader typed a number (null: the computed one is back). */
  edit(key, value) {
    if (value === null && !this.edits.delete(key)) return;
    if (value !== null) this.edits.set(key, value);
    this.editing.tell("");
    this.compute();
    this.repaint();
    this.tell();
  }
  putBack() {
    this.edits.clear();
    this.compute();
    this.repaint();
    this.tell();
  }
  shuffle() {
    const order = [...this.view.order];
    order.push(order.shift()); // every word moves one place, the first to the end: two words change places
    this.change({ order });
  }
  /** Another step, row, head or switch. */
  change(changes) {
    this.editing.finish();
    this.view = { ...this.view, ...changes };
    this.stepper.show();
    this.show();
    this.tell();
  }
  state() {
    const { step, row, head, score, scaled, mask, project, order } = this.view;
    return { step, row, head, score, scaled, mask, project, order, edits: packed(this.edits) };
  }
  tell() {
    if (!this.options.send) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tellNow(), QUIET);
  }
  tellNow() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    const state = this.state();
    this.told = JSON.stringify(state);
    this.options.send("view", state);
  }
  /** An address that changed by other means (the browser's Back button); what was told from here is no news. */
  follow(view) {
    const before = this.told;
    if (this.timer || this.editing.open) return;
    const mine = this.view;
    const edits = this.edits;
    this.take(view);
    if (this.told === before) Object.assign(this, { view: mine, edits });
    else (this.stepper.show(), this.show());
  }

  compute() {
    this.result = attend(this.payload.numbers, this.view, this.edits, this.view.order);
    this.reaches = new Map();
  }
  /** Everything anew: another step, row, switch or theme. */
  show() {
    this.compute();
    const { words, parts } = this;
    const equation = this.payload.equations[equationOf(this)];
    const blocks = stageBlocks(this);
    this.grids = [];
    const grid = (block) => {
      const made = new NumberGrid(this, block);
      this.grids.push(made);
      return made.node;
    };
    const frames = blocks.map((block) => el("div", { class: `sa-block sa-${block.kind}`, style: `--cells:${block.cells}` }, ...(block.stack ?? [block]).map(grid)));
    this.lines = el("div", { class: "sa-worked" });
    this.anew("choosers", [this.view.row, this.view.order, this.heads, this.shownHead], () => choosers(this));
    parts.stage.replaceChildren(el("h4", {}, ...rich(`${this.view.step + 1} · ${words[`step_${this.stage}`]}`)), el("p", { class: "sa-text" }, ...rich(sentenceOf(this))),
      el("div", { class: "sa-equation" }, mathNode(equation.markup, equation.latex), equation.source ? el("small", {}, equation.source) : null), this.lines, el("div", { class: "sa-blocks" }, ...frames));
    this.anew("all", [this.view.row, this.view.order, this.shownHead, this.heads, this.look.ink], () => [this.everyWeight()]);
    this.layOut();
    this.repaint();
  }
  /** Draws a part again when what it depends on has changed. */
  anew(name, facts, make) {
    const now = JSON.stringify(facts);
    if (this.facts[name] === now) return;
    this.facts[name] = now;
    this.parts[name].replaceChildren(...make());
  }
  /** α of all words: it stays in sight through all steps. */
  everyWeight() {
    const all = { name: "a", head: this.shownHead, title: this.words.all_rows, rows: this.labels.map((label, index) => ({ index, label, word: index })), cols: this.labels.map((label, word) => ({ label, word })), lines: 16 };
    this.parts.all.style.setProperty("--cells", this.count);
    this.always = new NumberGrid(this, all);
    this.always.fresh = true;
    return this.always.node;
  }
  layOut(all = this.always.fresh) {
    const grids = all ? [...this.grids, this.always] : this.grids;
    const widths = grids.map(({ node }) => node.clientWidth);
    grids.forEach((grid, i) => grid.build(widths[i]));
    this.always.fresh = false;
  }
  /** The numbers as they stand, in the same places. */
  repaint() {
    const { parts } = this;
    const held = parts.glance.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    for (const grid of [...this.grids, this.always]) grid.refresh();
    this.lines.replaceChildren(...workedLines(this).map((line) => el("div", {}, line)));
    parts.glance.replaceChildren(glance(this));
    if (held) parts.glance.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
    const { score, scaled, mask, project, order } = this.view;
    this.anew("switches", [score, scaled, mask, project, order, this.edits.size], () => switches(this));
    parts.notes.replaceChildren(...notes(this));
  }
  /** Every number of the step on show and of the row's table. */
  csv() {
    return [[this.words.tensor, this.words.word, this.words.values], ...[...this.grids, this.always].flatMap((grid) => grid.table())].map((line) => line.map((cell) => (typeof cell === "number" ? exact(cell).replace("−", "-") : cell)));
  }

  read() {
    super.read();
    this.look.signed = readLook(this.root, { scales: this.payload.scales.signed }).colour;
  }
  recolour() {
    this.show();
  }
}
