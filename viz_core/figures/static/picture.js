// The current row as a map over the picture whose patches are the keys, and the weight of one patch at every word.
import { el, say, shorten, weightText } from "./dom.js";
import { MapBoard, groundOf, spot, spreadText } from "./glow.js";
import { PlacesView } from "./places.js";

const [LARGEST, THUMB, HELD] = [440, 150, "#3ddc97"]; // pixels a side; the frame of a patch

const brief = (value) => String(+value.toPrecision(3));

export class PictureView extends PlacesView {
  build() {
    const { app, panel, site, words } = this;
    this.ground = groundOf(panel, site, app);
    const point = (index, event) => (index === null ? app.leave() : this.over(event, index));
    this.board = new MapBoard(this.ground, "", { point, hold: (index) => index !== null && this.click(index) }, "vz-map");
    this.board.caption.setAttribute("aria-live", "polite");
    this.now = el("span", { class: "vz-now-word" }); // behind the panel's title
    this.scale = el("p", { class: "vz-note vz-scale-line" });
    this.byWord = site.grows ? this.wordBars() : null;
    this.tools = this.switches();
    const stage = el("div", { class: "vz-stage" }, this.board.body, this.scale, this.byWord?.body);
    this.followWidth(stage, () => {
      const height = this.ground.rows / this.ground.cols;
      this.board.resize(Math.floor(Math.min(stage.clientWidth, LARGEST, LARGEST / height)));
      this.setStep();
    });
    return [stage];
  }
  placed(index) {
    return index >= this.ground.first;
  }
  nameOf(index) {
    return this.ground.nameOf(index, this.words);
  }
  alphaText(alpha) {
    return say(this.words.times_uniform, { x: weightText(alpha), y: (alpha / this.ground.uniform).toPrecision(2) });
  }
  click(index) {
    if (!this.related) this.app.hold({ axis: this.site.key, index, side: "key" });
    super.click(index);
  }
  /** How maps are drawn, for every panel of the site. */
  switches() {
    const { ground, words } = this;
    const choose = (label, options, change) => el("select", { "aria-label": label, onchange: (event) => change(event.target.value) }, ...options.map(([value, text]) => el("option", { value }, text)));
    const draw = (how) => ground.change({ map: how !== "none", smooth: how === "smooth" });
    this.colours = choose(words.colours, [["absolute", words.absolute], ["row", words.row_max]], (value) => ground.change({ relative: value === "row" }));
    this.drawn = choose(words.how, [["smooth", words.smooth], ["exact", words.exact], ["none", words.alone]], draw);
    return [this.drawn, this.colours];
  }
  /** A bar for every word: the weight of the patch pointed at. */
  wordBars() {
    const { app, site } = this;
    const bars = site.spans.flatMap(([start, end], step) => Array.from({ length: end - start }, (_, i) => {
      const bar = el("i", {});
      const node = el("button", { type: "button", tabindex: "-1", onclick: () => app.go(step) }, el("span", { class: "vz-word-track" }, bar), el("span", {}, shorten(site.queries[start + i], 12)));
      return { bar, node, row: start + i, step };
    }));
    const note = el("p", { class: "vz-note" });
    return { bars, note, body: el("div", { class: "vz-by-word" }, el("div", { class: "vz-word-bars" }, ...bars.map(({ node }) => node)), note) };
  }

  draw(values, pointed, source) {
    const { board, ground, words } = this;
    spot(board.frame, ground, pointed);
    if (this.byWord) this.drawWords(pointed);
    const who = this.whose(source);
    const changed = board.show(ground.view.map ? values : null, this.related && this.held >= 0 ? [[this.held, HELD]] : []);
    if (!changed && who === this.who) return;
    this.who = who;
    const said = spreadText(values, ground, words);
    this.now.textContent = who ? ` · ${who}` : "";
    board.caption.textContent = said;
    board.canvas.setAttribute("aria-label", [who, said].filter(Boolean).join(": "));
    this.drawScale(values);
  }
  /** Whose row is on show: of a hypothesis, of a word, of a step. */
  whose(source) {
    const { app, site, words } = this;
    if (source?.weights && source.key === site.key) return say(words.now_node, { word: source.said ?? source.label });
    const row = this.rowAt(source);
    const step = site.grows && row >= 0 ? site.spans.findIndex(([start, end]) => start <= row && row < end) : app.step;
    const word = site.grows && row >= 0 ? site.queries[row] : app.payload.steps[app.step];
    return say(words.now_step, { word: word.trim() || words.blank, i: step + 1, n: app.payload.steps.length });
  }
  drawScale(values) {
    const { ground, words } = this;
    const x = brief(values ? ground.topOf(values) : ground.top);
    const name = `${x} ${ground.view.relative}`;
    if (this.scaled === name) return;
    this.scaled = name;
    const glow = this.app.payload.glow.map(([at, colour]) => `${colour} ${100 * at}%`).join(", ");
    const bar = el("span", { class: "vz-glow", style: `background: linear-gradient(90deg, ${glow})` });
    this.scale.replaceChildren("α: 0", bar, ground.view.relative ? say(words.of_row, { x }) : say(words.of_steps, { x }));
  }
  drawWords(pointed) {
    const { byWord: { bars, note }, ground, site, words, app } = this;
    const top = ground.top;
    for (const { bar, node, row, step } of bars) {
      const alpha = pointed >= 0 ? site.row(row)[pointed] : 0;
      bar.style.height = `${Math.min(100 * ((alpha || 0) / top), 100)}%`;
      node.classList.toggle("vz-now", step === app.step);
      node.title = pointed < 0 ? "" : Number.isNaN(alpha) ? words.masked : `α = ${weightText(alpha)}`;
    }
    note.textContent = pointed < 0 ? words.by_word : say(words.by_word_of, { patch: this.nameOf(pointed), x: brief(top) });
  }
  setMap(changed) {
    if (changed !== this.site) return;
    const { view } = this.ground;
    this.drawn.value = view.map ? (view.smooth ? "smooth" : "exact") : "none";
    this.colours.value = view.relative ? "row" : "absolute";
    this.colours.options[0].textContent = say(this.words.all_steps, { x: brief(this.ground.top) });
    super.setMap(changed);
  }
  start() {
    this.setMap(this.site);
  }
  /** A small picture with a map, for a tooltip elsewhere. */
  thumbnail(weights) {
    this.thumb ??= new MapBoard(this.ground, "");
    this.thumb.resize(Math.round(Math.min(THUMB, (THUMB * this.ground.cols) / this.ground.rows)));
    this.thumb.show(weights);
    return this.thumb.canvas;
  }
}
