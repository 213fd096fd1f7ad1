// The player: one step number, one hovered position, and panels that follow both. Nothing here asks the server
// for a step; only clicks do (`ask`).
import { BarsView } from "./bars.js";
import { Tip, colourAt, el, icon, lightness, say } from "./dom.js";
import { FormulaView } from "./formula.js";
import { HeatView } from "./heat.js";
import { LinksView } from "./links.js";
import { Site } from "./pack.js";
import { PictureView } from "./picture.js";
import { PointsView } from "./points.js";
import { PlotView } from "./plot.js";
import { saveMenu } from "./save.js";
import { SheetView } from "./sheet.js";

const VIEWS = { heatmap: HeatView, links: LinksView, sheet: SheetView, bars: BarsView, formula: FormulaView, plot: PlotView };
const viewOf = ({ kind, positions }) => VIEWS[kind] ?? (positions === "patch" ? PictureView : PointsView);
const SPEEDS = [0.5, 1, 2, 4, 8];
const LATER = 50; // ms that panels out of sight wait before they follow
const steps = new Map(); // scene id → step: a page that runs again shows the step the reader was at
let active = null; // the player that the keyboard moves when nothing has the focus

/** Draws a payload (player.py) into `root`. options: send(event), events it listens to, standalone. Returns the player. */
export function mount(root, payload, options = {}) {
  const player = new Player(root, payload, options);
  active ??= player;
  return player;
}

class Player {
  constructor(root, payload, options) {
    Object.assign(this, { root, payload, words: payload.words, options, playing: 0, speed: 2, hover: null, held: null });
    this.stopper = new AbortController();
    this.signal = this.stopper.signal;
    this.sites = payload.sites.map((json) => new Site(json));
    this.step = Math.min(steps.get(payload.id) ?? payload.start, payload.steps.length - 1);
    root.classList.add("vz-player");
    root.tabIndex = 0;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", this.words.player);
    this.readTheme();
    this.tip = new Tip(root);
    this.views = payload.panels.map((panel) => new (viewOf(panel))(panel, this));
    root.replaceChildren(...this.head(), el("div", { class: "vz-panels" }, ...widths(payload.panels).map((wide, i) => this.frame(payload.panels[i], this.views[i], wide))), this.tip.box);
    this.late = new Set(); // views out of sight that have yet to follow
    this.watchSight();
    this.listen();
    this.go(this.step, true);
    for (const view of this.views) view.start();
  }

  head() {
    const { words, payload } = this;
    const button = (name, work) => el("button", { type: "button", class: "vz-button", title: words[name], "aria-label": words[name], onclick: work }, icon(name));
    this.playButton = button("play", () => this.toggle());
    this.slider = el("input", { type: "range", min: 0, max: payload.steps.length - 1, value: this.step, "aria-label": words.slider, oninput: (event) => this.go(Number(event.target.value)) });
    const speed = el("select", { "aria-label": words.speed, onchange: (event) => this.setSpeed(Number(event.target.value)) },
      ...SPEEDS.map((n) => el("option", { value: n, selected: n === this.speed }, say(words.per_second, { n }))));
    this.place = el("span", { class: "vz-place" });
    this.label = el("strong", { class: "vz-label", "aria-live": "polite" });
    const theme = this.options.standalone ? button("theme", () => this.switchTheme()) : null;
    return [el("h3", { class: "vz-title" }, payload.title), el("div", { class: "vz-head" },
      el("div", { class: "vz-controls" }, button("first", () => this.go(0)), button("back", () => this.go(this.step - 1)), this.playButton,
        button("forward", () => this.go(this.step + 1)), button("last", () => this.go(Infinity)), this.slider, speed, theme),
      el("div", { class: "vz-now-line" }, this.place, this.label)), el("p", { class: "vz-note vz-hint" }, words.hint)];
  }
  frame(panel, view, wide) {
    const site = this.sites[panel.site];
    const choose = site && site.maps.length > 1
      ? el("select", { "aria-label": this.words.map, onchange: (event) => this.choose(site, Number(event.target.value)) },
        ...site.maps.map((map, i) => el("option", { value: i, selected: i === site.shown, disabled: !site.has(i) && !this.asks("need") }, map.name)))
      : null;
    if (choose) (site.selects ??= []).push(choose);
    return el("section", { class: `vz-panel${wide ? " vz-wide" : ""}`, "data-kind": panel.kind },
      el("header", {}, el("h4", {}, panel.title, view.now), el("div", { class: "vz-tools" }, choose, ...view.tools, saveMenu(panel, view, this))), view.body);
  }
  choose(site, map) {
    if (!site.has(map)) return this.ask({ kind: "need", what: `map ${site.site} ${map}` });
    site.shown = map;
    for (const select of site.selects) select.value = map;
    for (const view of this.views) view.setMap(site);
  }

  /** Shows a step in every panel. */
  go(step, first = false) {
    const next = Math.min(Math.max(step, 0), this.payload.steps.length - 1);
    if (next === this.step && !first) return;
    this.step = next;
    steps.set(this.payload.id, next);
    this.slider.value = next;
    this.slider.setAttribute("aria-valuetext", this.payload.steps[next]);
    this.place.textContent = say(this.words.step_of, { i: next + 1, n: this.payload.steps.length });
    this.label.textContent = this.payload.steps[next];
    if (!first) this.tell((view) => view.setStep());
  }
  /** Panels in sight follow at once, in this frame; the others a moment later, once for many steps. */
  tell(work) {
    for (const view of this.views) {
      if (view.outOfSight) this.late.add(view);
      else work(view);
    }
    if (this.late.size) this.later ||= setTimeout(() => this.catchUp(), LATER);
  }
  catchUp() {
    clearTimeout(this.later);
    this.later = 0;
    for (const view of this.late) (view.setStep(), view.setHover(this.hover));
    this.late.clear();
  }
  /** Notes which panels are in sight. */
  watchSight() {
    const views = new Map(this.views.map((view) => [view.body.parentElement, view]));
    const watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) views.get(target).outOfSight = !isIntersecting;
      if ([...this.late].some((view) => !view.outOfSight)) this.catchUp();
    }, { rootMargin: "100px" });
    for (const panel of views.keys()) watcher.observe(panel);
    this.signal.addEventListener("abort", () => (watcher.disconnect(), clearTimeout(this.later)));
  }
  toggle() {
    if (this.playing) return this.pause();
    if (this.step === this.payload.steps.length - 1) this.go(0);
    this.setFace("pause");
    this.playing = setInterval(() => (this.step === this.payload.steps.length - 1 ? this.pause() : this.go(this.step + 1)), 1000 / this.speed);
  }
  pause() {
    clearInterval(this.playing);
    this.playing = 0;
    this.setFace("play");
  }
  setFace(name) {
    this.playButton.replaceChildren(icon(name));
    this.playButton.title = this.words[name];
    this.playButton.setAttribute("aria-label", this.words[name]);
  }
  setSpeed(speed) {
    this.speed = speed;
    if (this.playing) (this.pause(), this.toggle());
  }

  /** A position was pointed at: every panel lights up what belongs to it. */
  follow(hover) {
    this.hover = hover;
    this.tell((view) => view.setHover(hover));
  }
  leave() {
    this.tip.hide();
    this.follow(this.held);
  }
  hold(hover) {
    const same = this.held && this.held.axis === hover.axis && this.held.index === hover.index && this.held.side === hover.side;
    this.held = same ? null : hover;
    this.follow(this.held);
  }
  /** Small pictures of the attention that a message brings, where a panel can draw it. */
  thumbnails({ key, weights }) {
    const view = weights && this.views.find(({ site, thumbnail }) => thumbnail && site.grows && site.key === key);
    return view ? [view.thumbnail(weights)] : [];
  }
  asks(kind) {
    return !!this.options.send && (kind === "need" || (this.options.events ?? []).includes(kind));
  }
  ask(event) {
    if (this.asks(event.kind)) this.options.send({ step: this.step, ...event });
  }

  listen() {
    const { signal } = this;
    const take = () => (active = this);
    this.root.addEventListener("pointerdown", take, { signal });
    this.root.addEventListener("focusin", take, { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    if (this.options.standalone) matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.setTheme(), { signal });
  }
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !this.root.isConnected) return;
    const inside = this.root.contains(event.target);
    const free = active === this && (event.target === document.body || event.target === document.documentElement) && this.inView();
    if (!inside && !free) return;
    const tag = event.target.localName;
    if (tag === "select" || (event.key === " " && (tag === "button" || tag === "summary"))) return;
    const work = { ArrowRight: () => this.go(this.step + 1), ArrowLeft: () => this.go(this.step - 1), Home: () => this.go(0), End: () => this.go(Infinity), " ": () => this.toggle() }[event.key];
    if (!work) return;
    event.preventDefault();
    work();
  }
  inView() {
    const { top, bottom } = this.root.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  readTheme() {
    const style = getComputedStyle(this.root);
    const read = (...names) => names.map((name) => style.getPropertyValue(name).trim()).find(Boolean);
    const [ink, paper, line] = [read("--st-text-color", "--vz-ink"), read("--st-background-color", "--vz-paper"), read("--st-border-color", "--vz-line")];
    const dark = lightness(paper) < 0.4;
    const { scales } = this.payload;
    const [weights, signed] = dark ? [scales.dark, scales.signed_dark] : [scales.light, scales.signed_light];
    const swap = new Map([["#1f2430", ink], ["#ffffff", "rgba(0,0,0,0)"], ["#d9dce3", line], [JSON.stringify(scales.light), weights], [JSON.stringify(scales.signed_light), signed]]);
    this.theme = { font: style.fontFamily, ink, paper, line, dark, weights, swap, muted: "#9aa0ab", colour: palette(weights), signed: palette(signed) };
    this.root.classList.toggle("vz-dark", dark);
  }
  setTheme() {
    const before = this.theme.ink + this.theme.paper;
    this.readTheme();
    if (this.theme.ink + this.theme.paper !== before) for (const view of this.views) view.setTheme();
  }
  switchTheme() {
    document.documentElement.dataset.theme = this.theme.dark ? "light" : "dark";
    this.setTheme();
  }
  destroy() {
    this.pause();
    this.stopper.abort();
    if (active === this) active = null;
    for (const view of this.views) if (view.chart?.ready) globalThis.Plotly.purge(view.chart.gd);
    this.root.replaceChildren();
  }
}

/** Whether each panel takes the whole width: a narrow one without a narrow neighbour does, so that no gap is left. */
function widths(panels) {
  let alone = false;
  return panels.map(({ wide }, i) => {
    alone = !wide && !alone;
    const next = panels[i + 1];
    const stretch = wide || (alone && (!next || next.wide));
    if (stretch) alone = false;
    return stretch;
  });
}

/** Colours [r, g, b] of numbers 0 … 1, worked out once. */
function palette(scale) {
  const colours = Array.from({ length: 256 }, (_, i) => colourAt(scale, i / 255));
  return (value) => colours[Math.round(255 * Math.min(Math.max(value, 0), 1))];
}

/** Streamlit's entry point (components of the second kind): called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  const host = parentElement;
  const send = (event) => setTriggerValue("event", event);
  const old = host.vizPlayer;
  if (old && old.serial === data.serial) {
    old.options.send = send;
    old.setTheme();
  } else {
    old?.destroy();
    let root = host.querySelector(":scope > .vz-root");
    if (!root) host.append((root = el("div", { class: "vz-root" })));
    host.vizPlayer = mount(root, data.scene, { send, events: data.events });
    host.vizPlayer.serial = data.serial;
  }
  return () => {
    host.vizPlayer?.destroy();
    host.vizPlayer = null;
  };
}
