// The wall of thumbnails: every head of a site, by layer or sorted by a summary.
import { el, say } from "../dom.js";
import { paint } from "./look.js";

const FALLING = { entropy: false, distance: true, diagonal: true, previous: true, first: true, induction: true };

export class Wall {
  constructor(app) {
    this.app = app;
    this.grid = el("div", { class: "vh-wall", role: "listbox", "aria-multiselectable": "true", "aria-label": app.words.all, tabindex: "-1" });
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.element = el("div", { class: "vh-wall-frame" }, this.grid);
    this.buttons = [];
  }
  /** Heads in the order on show. */
  order() {
    const { site, view } = this.app;
    const all = Array.from({ length: site.count }, (_, i) => i);
    if (!site.summary[view.sort]) return all;
    const sign = FALLING[view.sort] ? -1 : 1;
    const value = (i) => (Number.isNaN(site.value(view.sort, i)) ? Infinity : sign * site.value(view.sort, i));
    return all.sort((a, b) => value(a) - value(b) || a - b);
  }
  build() {
    const { site, words, view } = this.app;
    const sorted = !!site.summary[view.sort];
    this.numbers = this.order();
    this.buttons = [];
    const cells = this.numbers.map((number) => this.thumbnail(number, sorted));
    this.columns = sorted ? 0 : site.heads.length;
    this.grid.classList.toggle("vh-sorted", sorted);
    this.grid.style.setProperty("--columns", site.heads.length);
    if (sorted) this.grid.replaceChildren(...cells);
    else this.grid.replaceChildren(el("span", { class: "vh-corner" }, `${words.layer} ＼ ${words.head}`), ...site.heads.map((name) => el("span", { class: "vh-column" }, name)),
      ...site.layers.flatMap((name, i) => [el("span", { class: "vh-row" }, name), ...cells.slice(i * this.columns, (i + 1) * this.columns)]));
    this.mark();
  }
  thumbnail(number, sorted) {
    const { site, words, view, look } = this.app;
    const [layer, head] = site.place(number);
    const name = say(words.layer_head, { layer: site.layers[layer], head: site.heads[head] });
    const canvas = el("canvas", { "aria-hidden": "true" });
    paint(canvas, site.thumbnail(number), site.thumbnails.rows, site.thumbnails.columns, look, view.relative);
    const value = site.value(view.sort, number);
    const caption = sorted ? el("small", {}, `${site.layers[layer]}.${site.heads[head]}`, el("b", {}, Number.isNaN(value) ? "–" : value.toFixed(2))) : null;
    const button = el("button", { type: "button", class: "vh-thumb", role: "option", "aria-label": name, tabindex: "-1", "data-head": number,
      onclick: (event) => this.click(event, number), onpointermove: (event) => this.app.tip.show(event, [name, ...this.app.numbers(number)]), onpointerleave: () => this.app.tip.hide() }, canvas, caption);
    this.buttons[number] = button;
    return button;
  }
  click(event, number) {
    this.app.choose(number, event.ctrlKey || event.metaKey || event.shiftKey);
  }
  /** Frames the heads on show in their hues. */
  mark() {
    const { app } = this;
    const entry = app.selected.at(-1)?.number ?? this.numbers[0];
    this.buttons.forEach((button, number) => {
      const hue = app.hueOf(number);
      button.setAttribute("aria-selected", !!hue);
      button.style.setProperty("--hue", hue ?? "transparent");
      button.tabIndex = number === entry ? 0 : -1;
    });
  }
  repaint() {
    if (this.numbers) this.build();
  }
  /** Arrow keys move the head on show; with Ctrl or Shift the others stay. */
  key(event) {
    const at = this.numbers.indexOf(Number(event.target.dataset?.head));
    if (at < 0 || event.altKey) return;
    const columns = this.columns || this.inARow();
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: this.numbers.length - 1 - at }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = this.numbers[at + move];
    if (next === undefined) return;
    this.buttons[next].focus();
    this.app.choose(next, event.ctrlKey || event.metaKey || event.shiftKey);
  }
  inARow() {
    const top = this.buttons[this.numbers[0]].offsetTop;
    return Math.max(this.numbers.findIndex((number) => this.buttons[number].offsetTop > top), 1);
  }
}
