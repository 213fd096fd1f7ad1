// The heads view: a wall of thumbnails, and the heads that were picked as links and heat maps. Everything happens in
// the page; the server is asked only for the weights of a head that have not been sent yet (`need`), and told what is
// on show (`view`), so that the page's address reopens it.
import { Tip, el, say } from "../dom.js";
import { Mounted, mountIn } from "../mounted.js";
import { saveMenu } from "../save.js";
import { controls } from "./bar.js";
import { percent } from "./look.js";
import { Maps } from "./maps.js";
import { Pairs } from "./pairs.js";
import { Stepper } from "./stepper.js";
import { HeadSite, grouped, reduced } from "./store.js";
import { Wall } from "./wall.js";

const [MOST, QUIET] = [8, 700]; // heads at once; ms without a change before the address is told
const PLAIN = { site: 0, heads: [], sort: "order", hideSpecial: false, hideFirst: false, wholeWords: false, relative: false, step: -1 };

/** Draws a payload (heads.py) into `root`. options: send(event), view, standalone. */
export async function mountHeads(root, payload, options = {}) {
  const view = new HeadsView(root, payload, options);
  await view.begin(payload.maps);
  return view;
}

class HeadsView extends Mounted {
  constructor(root, payload, options) {
    super(root, payload, options, "vh-root");
    Object.assign(this, { hover: null, held: null });
    this.sites = payload.sites.map((json, i) => new HeadSite(json, i));
    this.view = { ...PLAIN, ...options.view };
    this.told = identity(this.view);
    this.view.site = Math.min(this.view.site, this.sites.length - 1);
    const last = payload.steps.length - 1;
    this.view.step = this.view.step < 0 ? last : Math.min(this.view.step, last);
    this.read();
    this.tip = new Tip(root);
    this.wall = new Wall(this);
    this.pairs = new Pairs(this);
    this.maps = new Maps(this);
    this.stepper = payload.steps.length ? new Stepper(this, payload.steps) : null;
    this.chips = el("div", { class: "vh-chips" });
    this.lost = el("p", { class: "vh-lost-line", "aria-live": "polite" });
    this.bar = el("div", { class: "vh-bar" });
    this.shown = { layers: [], current: () => true };
  }
  get site() {
    return this.sites[this.view.site];
  }
  get step() {
    return Math.max(this.view.step, 0); // for the names of saved files
  }
  async begin(blobs) {
    const { words, payload, root } = this;
    this.adopt(this.view.heads);
    await Promise.all([...this.sites.map((site) => site.unpackThumbnails()), this.receive(blobs, true)]);
    if (this.signal.aborted) return;
    const panel = (title, view, name) => el("section", { class: `vz-panel ${name}` }, el("header", {}, el("h4", {}, title), el("div", { class: "vz-tools" }, saveMenu({ title: `${payload.title} ${title}` }, view, this))), view.body);
    root.replaceChildren(el("h3", { class: "vz-title" }, payload.title), this.bar,
      el("section", { class: "vz-panel" }, el("header", {}, el("h4", {}, words.all)), el("p", { class: "vz-note" }, words.all_note), el("div", { class: "vh-overview" }, this.wall.element, this.chips)),
      ...(this.stepper ? [this.stepper.element] : []), this.lost,
      el("div", { class: "vh-views" }, panel(words.links, this.pairs, "vh-panel-pairs"), panel(words.heat, this.maps, "vh-panel-maps")), this.tip.box);
    root.dataset.ready = "true";
    if (this.stepper) this.followKeys((event) => this.stepper.key(event));
    this.drawBar();
    this.wall.build();
    this.refresh();
  }
  drawBar() {
    this.bar.replaceChildren(...controls(this));
  }
  /** The heads on show, each with its hue, its numbers and a way to take it away. */
  drawChips() {
    const { words, selected } = this;
    this.chips.replaceChildren(el("span", { class: "vh-chips-title" }, words.on_show), ...selected.map(({ number, hue }) => {
      const name = this.nameOf(number);
      const away = selected.length > 1 ? el("button", { type: "button", "aria-label": say(words.remove, { name }), title: say(words.remove, { name }), onclick: () => this.choose(number, true) }, "✕") : null;
      return el("span", { class: "vh-chip", style: `--hue:${this.look.hues[hue]}` }, el("b", {}, name), away, ...this.numbers(number).map((text) => el("small", {}, text)));
    }), el("span", { class: "vh-message", role: "status" }, this.message ?? ""));
  }
  nameOf(number) {
    const [layer, head] = this.site.place(number);
    return say(this.words.layer_head, { layer: this.site.layers[layer], head: this.site.heads[head] });
  }
  /** A head's summaries in words. */
  numbers(number) {
    const { site, words } = this;
    return ["entropy", "distance", "diagonal", "previous", "first", "induction"].flatMap((name) => {
      const value = site.value(name, number);
      if (Number.isNaN(value)) return [];
      const x = name === "entropy" ? value.toFixed(2) : name === "distance" ? value.toFixed(1) : percent(value);
      return [say(words[name === "first" ? "first_key" : name], { x })];
    });
  }
  hueOf(number) {
    const found = this.selected.find((item) => item.number === number);
    return found ? this.look.hues[found.hue] : null;
  }

  /** Heads from the address: those that exist; without any, the one that stands out. */
  adopt(heads) {
    const { site } = this;
    const known = heads.filter(([layer, head]) => layer >= 0 && layer < site.layers.length && head >= 0 && head < site.heads.length).slice(0, MOST);
    this.selected = (known.length ? known : [site.standout]).map(([layer, head], hue) => ({ number: site.number(layer, head), hue }));
  }
  /** Shows a head: alone, or (`also`) with the others, or no more when it is there already. */
  choose(number, also) {
    const { selected } = this;
    const there = selected.some((item) => item.number === number);
    this.message = "";
    if (!also) this.selected = [{ number, hue: 0 }];
    else if (there && selected.length > 1) this.selected = selected.filter((item) => item.number !== number);
    else if (!there && selected.length === MOST) this.message = say(this.words.too_many, { n: MOST });
    else if (!there) {
      const free = this.look.hues.findIndex((_hue, i) => !selected.some((item) => item.hue === i));
      this.selected = [...selected, { number, hue: free }];
    }
    this.change({ heads: this.selected.map((item) => this.site.place(item.number)) });
  }
  /** Another view of the same numbers; the address hears of it once the reader rests. */
  change(changes) {
    const before = this.view;
    this.view = { ...before, ...changes };
    if (changes.site !== undefined && changes.site !== before.site) {
      this.adopt([]);
      [this.hover, this.held] = [null, null];
    }
    if ("site" in changes || "sort" in changes || "relative" in changes) (this.drawBar(), this.wall.build());
    this.stepper?.show();
    this.refresh();
    this.tell();
  }
  tell() {
    if (!this.options.send) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.told = identity(this.state());
      this.options.send("view", this.state());
    }, QUIET);
  }
  /** What the address keeps. */
  state() {
    const { site, view, payload } = this;
    const step = view.step === payload.steps.length - 1 ? -1 : view.step;
    return { ...view, step, name: site.site, heads: this.selected.map((item) => site.place(item.number)) };
  }
  /** The view of an address that changed (the browser's Back button); what this view has told itself is no news. */
  show(view) {
    if (this.timer || identity(view) === this.told) return;
    this.told = identity(view);
    this.view = { ...this.view, ...view, step: view.step < 0 ? this.payload.steps.length - 1 : Math.min(view.step, this.payload.steps.length - 1) };
    this.adopt(this.view.heads);
    this.drawBar();
    this.wall.build();
    this.stepper?.show();
    this.refresh();
  }

  /** Weights that have come. */
  async receive(blobs, first = false) {
    await Promise.all(blobs.map((blob) => this.sites[blob.site].add(blob)));
    if (!first && !this.signal.aborted) this.refresh();
  }
  /** Reduces the heads on show to the rows and columns wanted, and draws them. */
  refresh() {
    const { site, view, selected, payload } = this;
    const here = selected.filter(({ number }) => site.maps.has(number));
    this.fetch(selected.filter(({ number }) => !site.maps.has(number)));
    const span = site.spans[view.step];
    const ahead = site.size[1] - site.size[0]; // keys that were there before the first query
    const queries = grouped(site.queries, view, span ? span[1] : Infinity);
    const keys = grouped(site.keys, view, span && site.square ? span[1] + ahead : Infinity);
    const layers = here.map(({ number, hue }) => ({ ...reduced(site.maps.get(number), site.size[1], queries, keys), name: this.nameOf(number), hue: this.look.hues[hue] }));
    const current = (row) => !span || span[1] === span[0] || queries.groups[row].tokens.at(-1) >= span[0];
    this.shown = { queries, keys, layers, current, steps: payload.steps.length > 0 && !!span };
    const empty = !queries.groups.length || !keys.groups.length;
    this.root.classList.toggle("vh-empty", empty || !layers.length);
    this.drawChips();
    this.wall.mark();
    this.drawLost(empty);
    if (empty || !layers.length) return;
    const fits = (at) => (at && at.index < (at.side === "query" ? queries : keys).groups.length ? at : null);
    [this.held, this.hover] = [fits(this.held), fits(this.held)];
    this.pairs.build();
    this.maps.build();
  }
  drawLost(empty) {
    const { layers } = this.shown;
    const mean = (removed) => {
      const seen = removed.filter((x) => !Number.isNaN(x));
      return seen.length ? seen.reduce((sum, x) => sum + x, 0) / seen.length : 0;
    };
    const shares = layers.map((layer) => [layer, mean(layer.removed)]).filter(([, share]) => share > 0.0005);
    const said = empty ? this.words.nothing : shares.length ? say(this.words.removed_total, { x: shares.map(([layer, share]) => (layers.length > 1 ? `${layer.name}: ${percent(share)}` : percent(share))).join(", ") }) : "";
    this.lost.textContent = [said, this.view.wholeWords ? this.words.words_note : ""].filter(Boolean).join(" ");
    this.lost.hidden = !this.lost.textContent;
  }
  fetch(missing) {
    if (!missing.length) return;
    if (!this.options.send) return void (this.message = this.words.missing);
    this.message = this.words.loading;
    const heads = missing.map(({ number }) => [this.view.site, ...this.site.place(number)]);
    const name = JSON.stringify(heads);
    if (this.asking === name) return;
    this.asking = name;
    this.options.send("need", heads);
  }
  /** The server sent again: new weights, perhaps another view. */
  async update(blobs) {
    this.asking = null;
    this.message = "";
    await this.receive(blobs);
  }

  /** A token was pointed at; null: none. */
  point(at) {
    if (!at) this.tip.hide();
    this.hover = at ?? this.held;
    this.pairs.setHover(this.hover);
    this.maps.setHover(this.hover);
  }
  hold(at) {
    const same = this.held && this.held.side === at.side && this.held.index === at.index;
    this.held = same ? null : at;
    this.point(this.held);
  }

  recolour() {
    this.wall.repaint();
    this.refresh();
  }
}

/** What makes two views the same. */
const identity = (view) => JSON.stringify([view.site, view.heads, view.sort, view.hideSpecial, view.hideFirst, view.wholeWords, view.relative, view.step]);

/** Streamlit's entry point: called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  const make = (root) => mountHeads(root, { ...data.scene, maps: data.maps }, { send: setTriggerValue, view: data.view, sent: data.sent });
  return mountIn(parentElement, `${data.scene.id} ${data.language}`, setTriggerValue, make, (view) => {
    view.show(data.view);
    if (data.sent !== view.options.sent) view.update(data.maps);
    view.options.sent = data.sent;
  });
}
