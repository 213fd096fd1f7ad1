// The patches view: a picture cut into patches, and what each attends to. Everything happens in the page; the server is asked
// only for a layer that has not been sent (`view`), and told what is on show, so that the page's address reopens it.
import { Tip, el, say, weightText } from "../dom.js";
import { Mounted } from "../mounted.js";
import { saveMenu } from "../save.js";
import { AttentionLayer, cosines, outliers, unpackFloats } from "./weights.js";
import { Board, glowTable, strength } from "./board.js";
import { Sequence } from "./sequence.js";
import { controlBar } from "./controls.js";
import { methodPanel } from "./methods.js";

const [QUIET, CHOSEN, POINTED] = [600, "#3ddc97", "#ffffff"]; // ms without a change before the address is told; frames
const START_VIEW = { layer: 0, head: -1, query: 0, smooth: true, relative: false, hide: false, times: 2 };

/** Draws a payload (patches.py) into `root`. options: send(event), view, standalone. */
export async function mountPatches(root, payload, options = {}) {
  const view = new PatchesView(root, payload, options);
  await view.begin();
  return view;
}

class PatchesView extends Mounted {
  constructor(root, payload, options) {
    super(root, payload, options, "vp-root");
    Object.assign(this, { rows: payload.rows, cols: payload.cols, patch: payload.patch, prefix: payload.prefix });
    this.first = payload.prefix.length;
    this.tokens = this.first + this.rows * this.cols;
    this.norms = unpackFloats(payload.norms);
    this.unit = payload.positions ? unpackFloats(payload.positions) : null;
    this.glow = glowTable(payload.glow);
    this.layers = new Map();
    this.view = { ...START_VIEW, layer: payload.blobs.at(-1)?.layer ?? 0, ...options.view };
    this.told = JSON.stringify(this.view);
    this.hover = null;
    this.methods = payload.methods;
    this.step = 0; // for the names of saved files
    root.tabIndex = 0; // arrow keys move over the picture, so it is a place of its own
    this.read();
  }
  async begin() {
    this.image = new Image();
    this.image.src = this.payload.picture.source;
    await this.image.decode();
    this.receive(this.payload.blobs);
    this.build();
    this.root.dataset.ready = "true";
    this.root.addEventListener("keydown", (event) => this.key(event), { signal: this.signal });
    this.followWidth(this.root, () => this.resize());
  }
  build() {
    const { words, payload, root } = this;
    const events = (this.events = { point: (token, event, from) => this.point(token, event, from), hold: (token) => token !== null && this.change({ query: token }) });
    this.tip = new Tip(root);
    this.cut = new Board(this, words.picture, events);
    this.sequence = new Sequence(this, events);
    this.main = new Board(this, "", events, "vp-main");
    this.heads = Array.from({ length: payload.heads }, (_, head) => this.headBoard(head, events));
    this.similar = this.unit ? new Board(this, "", events) : null;
    this.chips = this.prefix.map((name, token) => el("button", { type: "button", class: "vp-chip", onclick: () => this.change({ query: token }) }, name));
    this.title = el("h4", {});
    this.note = el("p", { class: "vz-note" });
    this.aside = el("p", { class: "vp-aside", "aria-live": "polite" });
    this.found = el("p", { class: "vp-aside vp-artefacts" });
    this.legend = el("div", { class: "vp-legend" });
    this.similarNote = el("p", { class: "vz-note" });
    this.methodHost = el("div", {});
    const [p, n] = [this.patch, this.rows * this.cols];
    const stem = payload.stem;
    const cutNote = say(stem.length ? words.cut_note_stem : words.cut_note, { count: stem.length, channels: [payload.channels, ...stem].join(" → "), sight: payload.sight, h: this.rows * p, w: this.cols * p, c: payload.channels, rows: this.rows, cols: this.cols, n, p, values: p * p * payload.channels, width: payload.width, prefix: this.prefix.join(", ") || words.none_in_front, tokens: this.tokens });
    const section = (title, ...children) => el("section", { class: "vz-panel" }, el("header", {}, title), ...children);
    const tools = (title, view) => el("div", { class: "vz-tools" }, saveMenu({ title }, view, this));
    const looked = section(this.title, controlBar(this), this.note,
      el("div", { class: "vp-looked" }, el("div", { class: "vp-left" }, this.main.body, this.legend), el("div", { class: "vp-heads" }, ...this.heads.map((board) => board.body))), this.aside, this.found);
    this.lookedView = { body: looked.querySelector(".vp-looked"), csv: () => this.table() };
    looked.querySelector("header").append(tools(words.view, this.lookedView));
    root.replaceChildren(el("h3", { class: "vz-title" }, payload.title, " ", this.themeButton()),
      section(el("h4", {}, words.cut), el("p", { class: "vz-note" }, cutNote), el("div", { class: "vp-cut" }, this.cut.body, el("div", { class: "vp-strip" }, el("figcaption", {}, words.sequence), this.sequence.body))),
      looked, ...(this.similar ? [section(el("h4", {}, words.similar), this.similarNote, this.similar.body)] : []), this.methodHost, this.tip.box);
    this.buildMethods();
  }
  headBoard(head, events) {
    const board = new Board(this, say(this.words.head, { head }), events, "vp-head");
    board.caption.replaceWith((board.caption = el("figcaption", {}, el("button", { type: "button", onclick: () => this.change({ head: this.view.head === head ? -1 : head }) }, say(this.words.head, { head })))));
    return board;
  }
  buildMethods() {
    this.methodBoards = methodPanel(this, this.methodHost, this.events);
  }

  nameOf(token) {
    if (token < this.first) return this.prefix[token];
    const i = token - this.first;
    return say(this.words.token, { r: Math.floor(i / this.cols) + 1, c: (i % this.cols) + 1 });
  }
  /** The token whose view is drawn: the one pointed at, else the one held. */
  get query() {
    return this.hover ?? this.view.query;
  }
  get layer() {
    return this.layers.get(this.view.layer);
  }
  receive(blobs) {
    for (const blob of blobs) if (!this.layers.has(blob.layer)) this.layers.set(blob.layer, new AttentionLayer(blob, this.payload.heads, this.tokens));
  }
  resize() {
    const room = this.root.clientWidth - 30;
    const shape = this.cols / this.rows;
    const fit = (width, height) => Math.max(40, Math.floor(Math.min(width, height * shape)));
    const wide = room > 760;
    this.cut.resize(fit(wide ? room * 0.42 : room, 420));
    const left = this.cut.canvas.clientWidth || parseInt(this.cut.canvas.style.width, 10);
    this.sequence.resize(wide ? Math.max(room - left - 30, 120) : room);
    this.main.resize(fit(wide ? room * 0.48 : room, 460));
    const across = Math.min(this.heads.length, wide ? (this.heads.length > 9 ? 4 : 3) : 3);
    const space = wide ? room - parseInt(this.main.canvas.style.width, 10) - 26 : room;
    for (const board of this.heads) board.resize(fit(space / across - 10, 230));
    this.similar?.resize(fit(wide ? room * 0.34 : room, 300));
    for (const board of this.methodBoards) board.resize(fit(room / (wide ? 4 : 2) - 12, 300));
    this.draw();
  }
  change(changes) {
    const before = this.view;
    this.view = { ...before, ...changes };
    if ("query" in changes) this.hover = null;
    this.draw();
    const missing = this.view.layer !== before.layer && !this.layers.has(this.view.layer);
    this.tell(missing ? 120 : QUIET);
  }
  tell(wait) {
    if (!this.options.send) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.told = JSON.stringify(this.view);
      this.options.send("view", this.view);
    }, wait);
  }
  /** The server sent again: perhaps a layer, other maps, or the view of an address that changed. */
  update(data) {
    this.receive(data.blobs);
    if (JSON.stringify(data.methods) !== JSON.stringify(this.methods)) {
      this.methods = data.methods;
      this.buildMethods();
      this.resize();
    }
    if (!this.timer && JSON.stringify({ ...this.view, ...data.view }) !== this.told) {
      this.view = { ...this.view, ...data.view };
      this.told = JSON.stringify(this.view);
    }
    this.draw();
  }
  key(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.cols, ArrowDown: this.cols };
    if (event.target.matches("input, select, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Home") this.change({ query: 0 });
    else if (event.key in moves) {
      const next = Math.max(this.view.query, this.first - 1) + moves[event.key];
      if (next >= this.first && next < this.tokens) this.change({ query: next });
    } else return;
    event.preventDefault();
  }

  /** A token was pointed at: in the picture and the sequence it looks, in the maps its number is told. */
  point(token, event, from) {
    const looks = from === this.cut || from === this.sequence || from === this.similar;
    const before = this.hover;
    this.hover = token !== null && looks ? token : null;
    this.pointed = token !== null && !looks ? token : null;
    if (token === null) this.tip.hide();
    else this.tip.show(event, this.lines(token, from));
    if (before !== this.hover) this.draw();
    else this.drawAside();
  }
  lines(token, from) {
    const { words, tokens } = this;
    if (from === this.similar && this.cosine) return [this.nameOf(token), say(words.cosine, { x: this.cosine[token].toFixed(3) })];
    if (this.methodBoards.includes(from)) return [this.nameOf(token), say(words.value, { x: weightText(from.row[token]), y: weightText(from.largest) })];
    if (from === this.cut || from === this.sequence || !this.shown) return [this.nameOf(token)];
    const head = from === this.main ? this.view.head : this.heads.indexOf(from);
    const row = head < 0 ? this.shown.mean : this.shown.heads[head];
    const lines = [`${this.nameOf(this.query)} → ${this.nameOf(token)}`, say(words.weight, { x: weightText(row[token]), y: (row[token] * tokens).toFixed(1) })];
    const scores = head < 0 ? null : this.layer.scores(head, this.query);
    if (scores) lines.push(say(words.score, { x: scores[token].toFixed(2) }));
    return lines;
  }
  draw() {
    if (!this.root.dataset.ready) return;
    const { words, view, layer, query } = this;
    const token = this.nameOf(query);
    this.slider.value = view.layer;
    this.layerName.textContent = say(words.layer_of, { i: view.layer, n: this.payload.layers });
    this.timesName.textContent = say(words.times, { x: view.times.toFixed(1) });
    for (const box of this.root.querySelectorAll("input[data-name]")) box.checked = view[box.dataset.name];
    this.chips.forEach((chip, i) => chip.setAttribute("aria-pressed", i === query));
    this.title.textContent = say(words.attends, { token });
    this.note.textContent = layer ? say(words.attends_note, { layer: view.layer, home: this.prefix[0] ?? this.nameOf(0) }) : words.loading;
    const marked = [[view.query, CHOSEN], ...(this.hover !== null ? [[this.hover, POINTED]] : [])];
    this.cut.drawGrid(marked);
    this.sequence.draw(marked.map(([at, colour]) => [at, colour === POINTED ? "#d9730d" : "#12b76a"]));
    const { found, largest } = outliers(this.norms, this.payload.layers, this.tokens, this.first, view.times);
    this.hidden = new Set(view.hide ? found : []);
    this.found.textContent = found.length ? say(words.artefacts, { n: found.length, list: found.slice(0, 8).map((j) => this.nameOf(j)).join("; ") + (found.length > 8 ? " …" : ""), x: largest.toFixed(1) }) : say(words.no_artefacts, { x: largest.toFixed(1) });
    this.root.classList.toggle("vp-waiting", !layer);
    if (layer) this.drawRows(layer, marked);
    this.drawSimilar();
    for (const board of this.methodBoards) board.draw(board.row, (value) => strength(value, 1, this.largestOf(board.row)), this.hidden, [[this.methods.query, CHOSEN]]);
    this.drawAside();
  }
  drawRows(layer, marked) {
    const { view } = this;
    this.shown = layer.rows(this.query);
    const uniform = 1 / this.tokens;
    const paint = (board, row) => {
      const top = view.relative ? this.largestOf(row) : null;
      board.draw(row, (value) => strength(value, uniform, top), this.hidden, marked);
    };
    const chosen = view.head >= 0 && view.head < this.heads.length ? view.head : -1;
    paint(this.main, chosen < 0 ? this.shown.mean : this.shown.heads[chosen]);
    this.main.caption.textContent = chosen < 0 ? say(this.words.mean, { n: this.heads.length }) : say(this.words.head, { head: chosen });
    this.heads.forEach((board, head) => {
      paint(board, this.shown.heads[head]);
      board.body.classList.toggle("vp-chosen", head === chosen);
    });
    this.drawLegend();
  }
  largestOf(row) {
    let top = 1e-30;
    for (let j = this.first; j < this.tokens; j++) if (!this.hidden.has(j) && row[j] > top) top = row[j];
    return top;
  }
  /** Of the token on show; a token that has no place in the picture says nothing here, so then of the patch in the middle. */
  drawSimilar() {
    if (!this.similar) return;
    const middle = this.first + Math.floor(this.rows / 2) * this.cols + Math.floor(this.cols / 2);
    const token = this.query < this.first ? middle : this.query;
    this.cosine = cosines(this.unit, this.unit.length / this.tokens, token);
    this.similarNote.textContent = say(this.words.similar_note, { token: this.nameOf(token) });
    this.similar.draw(this.cosine, (value) => Math.max(value, 0) ** 2, null, [[token, CHOSEN]]);
  }
  drawLegend() {
    const name = this.view.relative ? this.words.largest : this.words.colours;
    if (this.legend.dataset.name === name) return;
    this.legend.dataset.name = name;
    const stops = this.view.relative ? ["0", "0.25", "1"] : ["0", "6", "25"];
    const bar = el("span", { class: "vp-scale", style: `background: linear-gradient(90deg, ${this.payload.glow.map(([at, colour]) => `${colour} ${100 * at}%`).join(", ")})` });
    this.legend.replaceChildren(el("span", {}, stops[0]), bar, el("span", {}, stops[2]), el("span", {}, name));
  }
  /** What goes to the prefix, and the number of the pair pointed at. */
  drawAside() {
    if (!this.shown || !this.layer) return;
    const { words, view } = this;
    const row = view.head >= 0 && view.head < this.heads.length ? this.shown.heads[view.head] : this.shown.mean;
    const parts = this.first ? [say(words.on_prefix, { names: this.prefix.join(", "), x: Array.from(row.subarray(0, this.first), weightText).join(", ") })] : [];
    if (this.pointed !== null && this.pointed !== undefined) parts.push(say(words.formula, { from: this.nameOf(this.query), to: this.nameOf(this.pointed), x: `${this.layer.fine ? "" : "≈ "}${weightText(row[this.pointed])}` }));
    this.aside.textContent = parts.join(" · ");
  }
  table() {
    if (!this.shown) return [[]];
    const { heads, mean } = this.shown;
    const lines = [["from", "to", "layer", "mean", ...heads.map((_, head) => say(this.words.head, { head }))]];
    for (let j = 0; j < this.tokens; j++) lines.push([this.nameOf(this.query), this.nameOf(j), this.view.layer, +mean[j].toPrecision(6), ...heads.map((row) => +row[j].toPrecision(6))]);
    return lines;
  }

  recolour() {
    this.draw();
  }
}
