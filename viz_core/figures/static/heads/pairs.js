// Two columns of tokens, queries on the left and keys on the right, and a line for every weight worth seeing.
import { el, say, shorten, svg, textWidth } from "../dom.js";
import { percent } from "./look.js";

const [BUCKETS, MIDDLE, TOP, NUMBER] = [10, 150, 26, 46];
export const FAINTEST = 0.02;

export class Pairs {
  constructor(app) {
    this.app = app;
    this.picture = svg("svg", { class: "vh-pairs", role: "img", "aria-label": app.words.links });
    this.scroller = el("div", { class: "vh-scroll" }, this.picture);
    this.note = el("p", { class: "vz-note" });
    this.body = el("div", {}, this.scroller, this.note);
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.scroller.clientWidth !== this.seen && this.build()).observe(this.scroller);
  }
  build() {
    const { app, picture, scroller } = this;
    const { queries, keys, layers } = app.shown;
    if (!picture.isConnected || !queries) return;
    this.seen = scroller.clientWidth;
    const count = Math.max(queries.groups.length, keys.groups.length);
    this.pitch = count <= 40 ? 26 : count <= 120 ? 20 : 16;
    const font = `${this.pitch < 20 ? 11 : 13}px ${app.look.font}`;
    const wide = (groups) => Math.min(Math.max(...groups.map((g) => textWidth(shorten(g.label, 22), font)), 30), 190) + 14;
    const numbers = NUMBER * Math.max(layers.length, 1);
    const [left, right] = [wide(queries.groups), wide(keys.groups)];
    const width = Math.max(this.seen - 4, left + right + 2 * numbers + MIDDLE);
    this.x = { left: numbers, query: numbers + left, key: width - numbers - right, right: width - numbers, width };
    this.height = TOP + count * this.pitch + 6;
    for (const [name, value] of Object.entries({ width, height: this.height, viewBox: `0 0 ${width} ${this.height}`, "font-size": font.slice(0, 4) })) picture.setAttribute(name, value);
    this.still = svg("g", { class: "vh-lines" });
    this.strong = svg("g", { class: "vh-strong" });
    this.tokens = { query: this.column("query", queries.groups), key: this.column("key", keys.groups) };
    const heading = (x, anchor, text) => svg("text", { class: "vh-heading", x, y: 15, "text-anchor": anchor }, text);
    picture.replaceChildren(heading(this.x.query, "end", app.words.attends), heading(this.x.key, "start", app.words.attended), this.still, this.strong,
      ...this.tokens.query.map((t) => t.node), ...this.tokens.key.map((t) => t.node));
    this.draw();
    this.note.textContent = say(app.words.links_note, { x: FAINTEST });
  }
  column(side, groups) {
    const [x, width] = side === "query" ? [this.x.left, this.x.query - this.x.left] : [this.x.key, this.x.right - this.x.key];
    const offset = ((this.height - TOP - 6) / this.pitch - groups.length) / 2; // the shorter column stands in the middle
    return groups.map(({ label }, index) => {
      const y = TOP + (offset + index) * this.pitch;
      const listeners = { onpointermove: (event) => this.over(event, side, index), onpointerleave: () => this.app.point(null), onclick: () => this.app.hold({ side, index }) };
      const [box, bars] = [svg("rect", { x, y: y + 1, width, height: this.pitch - 2, rx: 4 }), svg("g", { class: "vh-bars" })];
      const text = svg("text", { x: side === "query" ? x + width - 7 : x + 7, y: y + this.pitch / 2, "text-anchor": side === "query" ? "end" : "start", "dominant-baseline": "central" }, shorten(label, 22));
      const numbers = svg("g", { class: "vh-numbers" });
      const node = svg("g", { class: "vh-token", tabindex: index ? -1 : 0, role: "button", "aria-label": label, "data-side": side, "data-index": index, ...listeners,
        onfocus: () => this.app.point({ side, index }) }, box, bars, text, numbers);
      return { node, bars, numbers, x, width, y: y + this.pitch / 2 };
    });
  }
  path(query, key) {
    const [x0, x1] = [this.x.query, this.x.key];
    const [y0, y1, bend] = [this.tokens.query[query].y, this.tokens.key[key].y, (x1 - x0) * 0.4];
    return `M${x0} ${y0.toFixed(1)}C${(x0 + bend).toFixed(1)} ${y0.toFixed(1)} ${(x1 - bend).toFixed(1)} ${y1.toFixed(1)} ${x1} ${y1.toFixed(1)}`;
  }
  /** All lines: one path a head, a strength and a time (this step's or an earlier one's), however many tokens. */
  draw() {
    const { layers, current } = this.app.shown;
    const paths = [];
    for (const { cells, rows, columns, hue } of layers) {
      const found = new Map();
      for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
        const alpha = cells[r * columns + c];
        if (!(alpha >= FAINTEST)) continue;
        const place = Math.min(Math.floor(alpha * BUCKETS), BUCKETS - 1) + (current(r) ? 0 : BUCKETS);
        if (!found.has(place)) found.set(place, []);
        found.get(place).push(this.path(r, c));
      }
      for (const [place, lines] of found) paths.push(this.line(lines.join(""), hue, ((place % BUCKETS) + 0.5) / BUCKETS, place >= BUCKETS));
    }
    this.still.replaceChildren(...paths);
    this.setHover(this.app.hover);
  }
  line(d, hue, alpha, past = false) {
    return svg("path", { d, stroke: hue, "stroke-width": (0.7 + 5 * alpha).toFixed(2), "stroke-opacity": ((past ? 0.3 : 1) * (0.12 + 0.88 * alpha)).toFixed(3), fill: "none" });
  }

  /** The links of one token only, with numbers; without one the shares that were hidden. */
  setHover(hover) {
    const { tokens, app } = this;
    if (!tokens) return;
    this.picture.classList.toggle("vh-following", !!hover);
    const lines = [];
    for (const side of ["query", "key"]) tokens[side].forEach((token, i) => {
      token.node.classList.toggle("vh-chosen", !!hover && hover.side === side && hover.index === i);
      const shares = hover && hover.side !== side ? app.shown.layers.map((layer) => weightOf(layer, hover, i)) : [];
      this.label(token, side, shares);
      if (side === "query" && !hover?.side) this.lost(token, i);
      shares.forEach((alpha, n) => {
        if (!(alpha >= 0.001)) return;
        const [query, key] = side === "key" ? [hover.index, i] : [i, hover.index];
        lines.push(this.line(this.path(query, key), app.shown.layers[n].hue, alpha));
      });
    });
    this.strong.replaceChildren(...lines);
  }
  /** Bars and numbers of a token's weights, one a head. */
  label(token, side, shares) {
    const height = (this.pitch - 4) / Math.max(shares.length, 1);
    const top = token.y - this.pitch / 2 + 2;
    const width = (alpha) => Math.max((token.width - 2) * (alpha || 0), 0);
    token.bars.replaceChildren(...shares.map((alpha, n) => svg("rect", { x: side === "key" ? token.x + 1 : token.x + token.width - 1 - width(alpha), y: top + n * height, width: width(alpha), height, fill: this.app.shown.layers[n].hue })));
    token.numbers.replaceChildren(...shares.map((alpha, n) => svg("text", { x: side === "key" ? token.x + token.width + 5 + n * NUMBER : token.x - 5 - n * NUMBER, y: token.y,
      "text-anchor": side === "key" ? "start" : "end", "dominant-baseline": "central", style: shares.length > 1 ? `fill:${this.app.shown.layers[n].hue}` : null }, Number.isNaN(alpha) ? "–" : alpha >= 0.001 ? alpha.toFixed(3) : alpha > 0 ? "<.001" : "0")));
  }
  /** What a query gives to hidden keys. */
  lost(token, row) {
    const { layers } = this.app.shown;
    token.numbers.replaceChildren(...layers.map(({ removed, hue }, n) => (removed[row] > 0.0005
      ? svg("text", { class: "vh-lost", style: layers.length > 1 ? `fill:${hue}` : null, x: token.x - 5 - n * NUMBER, y: token.y, "text-anchor": "end", "dominant-baseline": "central" }, `−${percent(removed[row])}`) : "")));
  }
  over(event, side, index) {
    const { app } = this;
    app.point({ side, index });
    const { groups } = side === "query" ? app.shown.queries : app.shown.keys;
    const { label, tokens } = groups[index];
    const lines = [label];
    if (side === "query") for (const { removed, name } of app.shown.layers) if (removed[index] > 0.0005) lines.push(`${name}: ${say(app.words.removed, { x: percent(removed[index]) })}`);
    if (tokens.length > 1) lines.push(say(app.words.from_word, { n: tokens.length }));
    app.tip.show(event, lines);
  }
  /** Arrow keys: up and down from token to token, left and right to the other column. */
  key(event) {
    const node = event.target.closest?.("[data-side]");
    if (!node) return;
    const [side, index] = [node.dataset.side, Number(node.dataset.index)];
    const across = side === "query" ? "key" : "query";
    const goal = { ArrowUp: [side, index - 1], ArrowDown: [side, index + 1], ArrowLeft: side === "key" && [across, index], ArrowRight: side === "query" && [across, index] }[event.key];
    if (event.key === "Enter" || event.key === " ") this.app.hold({ side, index });
    else if (!goal) return;
    event.preventDefault();
    event.stopPropagation();
    const token = goal && this.tokens[goal[0]][Math.min(Math.max(goal[1], 0), this.tokens[goal[0]].length - 1)];
    token?.node.focus();
  }
  csv() {
    return table(this.app.shown);
  }
}

function weightOf({ cells, columns }, hover, other) {
  return hover.side === "query" ? cells[hover.index * columns + other] : cells[other * columns + hover.index];
}

/** The weights on show as a table: one line a head and a query, the hidden share last. */
export function table({ layers, queries, keys }) {
  const number = (x) => (Number.isNaN(x) ? "" : +x.toFixed(6));
  const lines = layers.flatMap(({ cells, columns, removed, name }) => queries.groups.map(({ label }, r) => [name, label, ...Array.from(cells.subarray(r * columns, (r + 1) * columns), number), number(removed[r])]));
  return [["head", "query", ...keys.groups.map((group) => group.label), "hidden"], ...lines];
}
