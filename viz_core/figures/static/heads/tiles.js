// A map far larger than the screen: the whole of it in blocks, and the region on show as exactly as the screen allows.
// Zooming and moving happen in the page at once; the exact region is asked for when the reader rests.
import { Tip, el, say, weightText } from "../dom.js";
import { Mounted, mountIn } from "../mounted.js";
import { saveMenu } from "../save.js";
import { Atlas } from "./atlas.js";
import { paint } from "./look.js";
import { READABLE, drawRulers } from "./rulers.js";
import { unsqueezed } from "./store.js";

const [LEFT, TALL, SHORT, HEIGHT, SMALLEST, REST] = [104, 84, 40, 640, 4, 350]; // px, tokens, ms

/** options: send(name, value), standalone, has(head). */
export function mountTiles(root, data, options) {
  return new TilesView(root, data, options);
}

/** An offline page (tiles_export.py): the pictures of all heads are in it, and there is nobody to ask for more. */
export function openTiles(root, { scene, maps, head, how }) {
  const given = new Map(maps.map((map) => [map.head.join(), map]));
  const show = (at) => ({ scene, overview: given.get(at.join()), tile: null, head: at, how });
  const answer = (name, value) => {
    view.waiting = false;
    if (name === "region") view.draw();
    else if (given.has(value.join())) view.update(show(value));
  };
  const has = (at) => given.has(at.join());
  const view = mountTiles(root, show(head), { send: answer, standalone: true, has });
  return view;
}

class TilesView extends Mounted {
  constructor(root, data, options) {
    super(root, data.scene, options, "vh-root");
    Object.assign(this, { head: data.head, how: data.how, step: 0, relative: false });
    this.count = this.payload.labels.length;
    this.region = data.region ?? this.whole();
    this.read();
    this.tip = new Tip(root);
    this.atlas = new Atlas(this);
    this.canvas = el("canvas", { class: "vh-tile", tabindex: 0, role: "img", "aria-label": this.words.map });
    this.box = el("div", { class: "vh-box", hidden: true });
    this.frame = el("div", { class: "vh-tile-frame" }, this.canvas, this.box);
    this.said = el("p", { class: "vz-note", "aria-live": "polite" });
    this.context = el("div", { class: "vh-context" });
    this.body = el("div", { class: "vh-tile-body" }, el("div", {}, this.frame, this.said), this.context);
    const button = (label, title, work) => el("button", { type: "button", title, "aria-label": title, onclick: work }, label);
    this.scale = el("select", { "aria-label": this.words.colours, onchange: (event) => ((this.relative = event.target.value === "largest"), this.picture(), this.draw()) });
    const tools = el("div", { class: "vz-tools" }, this.scale, button("+", this.words.in, () => this.zoom(0.5)), button("−", this.words.out, () => this.zoom(2)), button("▣", this.words.whole, () => this.go(this.whole())), this.themeButton(), saveMenu({ title: this.payload.title }, this, this));
    root.replaceChildren(
      el("section", { class: "vz-panel" }, el("header", {}, el("h4", {}, this.words.atlas), this.atlas.select), el("p", { class: "vz-note" }, this.words.atlas_note), this.atlas.body),
      el("section", { class: "vz-panel" }, el("header", {}, (this.title = el("h4", {})), tools), el("p", { class: "vz-note" }, this.words.note), this.body), this.tip.box);
    this.listen();
    this.atlas.build();
    this.followWidth(this.frame, () => (this.atlas.build(), this.draw()));
    this.receive(data);
  }
  whole() {
    return [0, this.count, 0, this.count];
  }
  /** Pictures that have come: of the whole map, and of a region. */
  async receive(data) {
    Object.assign(this, { head: data.head, how: data.how });
    const unpack = async (tile) => tile && { ...tile, values: await unsqueezed(tile) };
    [this.overview, this.detail] = await Promise.all([unpack(data.overview), unpack(data.tile)]);
    if (data.region && !this.timer) this.region = data.region;
    this.atlas.build();
    this.title.textContent = `${say(this.words.layer_head, { layer: this.head[0], head: this.head[1] })}: ${this.words.map.toLowerCase()}`;
    this.picture();
    this.draw();
    this.root.dataset.ready = "true";
  }
  /** Paints the numbers once; zooming only scales the picture. */
  picture() {
    const covering = this.covers(this.region) ?? this.overview;
    this.largest = covering.values.reduce((most, value) => (value > most ? value : most), 0) || 1;
    for (const tile of [this.overview, this.detail]) {
      if (!tile) continue;
      tile.canvas = el("canvas");
      const values = this.relative ? tile.values.map((value) => value / this.largest) : tile.values;
      paint(tile.canvas, values, tile.rows, tile.columns, this.look);
    }
    this.scale.replaceChildren(el("option", { value: "absolute", selected: !this.relative }, this.words.absolute), el("option", { value: "largest", selected: this.relative }, say(this.words.largest, { x: weightText(this.largest) })));
  }
  /** The finest picture that holds a region. */
  covers([top, bottom, left, right]) {
    return [this.detail, this.overview].find((tile) => tile && tile.region[0] <= top && tile.region[1] >= bottom && tile.region[2] <= left && tile.region[3] >= right);
  }
  draw() {
    const { frame, canvas, look } = this;
    if (!this.overview || !frame.isConnected) return;
    const [width, ratio] = [frame.clientWidth, devicePixelRatio || 1];
    const across = Math.max(Math.min(width - LEFT - 12, HEIGHT), 100);
    const top = across / (this.region[3] - this.region[2]) >= READABLE ? TALL : SHORT; // tokens or positions above
    this.area = { x: LEFT, y: top, w: across, h: 0 };
    this.area.h = Math.min(this.area.w, HEIGHT);
    Object.assign(canvas, { width: width * ratio, height: (top + this.area.h + 8) * ratio });
    Object.assign(canvas.style, { width: `${width}px`, height: `${top + this.area.h + 8}px` });
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = look.paper || "#fff";
    pen.fillRect(0, 0, width, top + this.area.h + 8);
    pen.imageSmoothingEnabled = false;
    pen.save();
    pen.beginPath();
    pen.rect(this.area.x, this.area.y, this.area.w, this.area.h);
    pen.clip();
    for (const tile of [this.overview, this.detail]) if (tile) this.lay(pen, tile);
    pen.restore();
    pen.strokeStyle = look.ink;
    pen.globalAlpha = 0.4;
    pen.strokeRect(this.area.x - 0.5, this.area.y - 0.5, this.area.w + 1, this.area.h + 1);
    pen.globalAlpha = 1;
    drawRulers(pen, this);
    this.describe();
  }
  lay(pen, tile) {
    const [x0, y0] = this.toPixel(tile.region[2], tile.region[0]);
    const [x1, y1] = this.toPixel(tile.region[3], tile.region[1]);
    pen.drawImage(tile.canvas, 0, 0, tile.columns, tile.rows, x0, y0, x1 - x0, y1 - y0);
  }
  toPixel(key, query) {
    const [top, bottom, left, right] = this.region;
    const { x, y, w, h } = this.area;
    return [x + ((key - left) / (right - left)) * w, y + ((query - top) / (bottom - top)) * h];
  }
  toToken(event) {
    const place = this.canvas.getBoundingClientRect();
    const { x, y, w, h } = this.area;
    const [u, v] = [(event.clientX - place.left - x) / w, (event.clientY - place.top - y) / h];
    const [top, bottom, left, right] = this.region;
    return { key: left + u * (right - left), query: top + v * (bottom - top), inside: u >= 0 && u < 1 && v >= 0 && v < 1 };
  }
  describe() {
    const [top, bottom, left, right] = this.region.map(Math.round);
    const tile = this.covers(this.region) ?? this.overview;
    const size = this.block(tile);
    const exact = size.rows <= 1 && size.columns <= 1;
    const text = say(exact ? this.words.sharp : this.words.blocks, { a: top, b: bottom - 1, c: left, d: right - 1, rows: size.rows.toFixed(1).replace(".0", ""), columns: size.columns.toFixed(1).replace(".0", "") });
    this.said.textContent = this.timer || this.waiting ? `${text} · ${this.words.fetching}` : text;
  }
  block({ region, rows, columns }) {
    return { rows: (region[1] - region[0]) / rows, columns: (region[3] - region[2]) / columns };
  }

  /** Another region: drawn at once from what is there, exact when the reader rests. */
  go(region) {
    const fit = (from, to) => {
      const size = Math.min(Math.max(to - from, SMALLEST), this.count);
      const start = Math.min(Math.max(from + (to - from - size) / 2, 0), this.count - size);
      return [start, start + size];
    };
    this.region = [...fit(region[0], region[1]), ...fit(region[2], region[3])];
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rest(), REST);
  }
  rest() {
    this.timer = null;
    const [top, bottom, left, right] = this.region;
    this.region = [Math.floor(top), Math.min(Math.ceil(bottom), this.count), Math.floor(left), Math.min(Math.ceil(right), this.count)];
    this.waiting = true;
    this.options.send("region", this.region);
    this.draw();
  }
  zoom(factor, key = (this.region[2] + this.region[3]) / 2, query = (this.region[0] + this.region[1]) / 2) {
    const [top, bottom, left, right] = this.region;
    this.go([query - (query - top) * factor, query + (bottom - query) * factor, key - (key - left) * factor, key + (right - key) * factor]);
  }
  move(down, across) {
    const [top, bottom, left, right] = this.region;
    this.go([top + down, bottom + down, left + across, right + across]);
  }
  choose(head) {
    if (this.options.has && !this.options.has(head)) return void (this.said.textContent = this.words.missing);
    this.head = head;
    this.waiting = true;
    this.atlas.build();
    this.describe();
    this.options.send("head", head);
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("wheel", (event) => {
      const at = this.toToken(event);
      const out = event.deltaY > 0;
      if (!at.inside || (out && this.region[1] - this.region[0] >= this.count && this.region[3] - this.region[2] >= this.count)) return;
      event.preventDefault();
      this.zoom(out ? 1.25 : 0.8, at.key, at.query);
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.grab(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    canvas.addEventListener("pointerup", (event) => this.drop(event));
    canvas.addEventListener("pointerleave", () => this.tip.hide());
    canvas.addEventListener("dblclick", (event) => this.zoom(2, this.toToken(event).key, this.toToken(event).query));
    canvas.addEventListener("keydown", (event) => {
      const [down, across] = [(this.region[1] - this.region[0]) / 8, (this.region[3] - this.region[2]) / 8];
      const work = { "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2), 0: () => this.go(this.whole()), ArrowUp: () => this.move(-down, 0), ArrowDown: () => this.move(down, 0), ArrowLeft: () => this.move(0, -across), ArrowRight: () => this.move(0, across) }[event.key];
      if (!work || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      work();
    });
  }
  grab(event) {
    const at = this.toToken(event);
    if (!at.inside || event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.held = { at, x: event.offsetX, y: event.offsetY, region: this.region, pan: event.shiftKey };
  }
  drag(event) {
    const { held } = this;
    if (!held) return this.hover(event);
    this.tip.hide();
    if (held.pan) {
      this.region = held.region;
      const at = this.toToken(event);
      return this.move(held.at.query - at.query, held.at.key - at.key);
    }
    const [x, y] = [Math.min(held.x, event.offsetX), Math.min(held.y, event.offsetY)];
    this.box.hidden = false;
    Object.assign(this.box.style, { left: `${x}px`, top: `${y}px`, width: `${Math.abs(event.offsetX - held.x)}px`, height: `${Math.abs(event.offsetY - held.y)}px` });
  }
  drop(event) {
    const { held } = this;
    this.held = null;
    this.box.hidden = true;
    if (!held || held.pan || Math.abs(event.offsetX - held.x) < 6 || Math.abs(event.offsetY - held.y) < 6) return;
    const at = this.toToken(event);
    const order = (a, b) => (a < b ? [a, b] : [b, a]);
    this.go([...order(held.at.query, at.query), ...order(held.at.key, at.key)]);
  }
  hover(event) {
    const at = this.toToken(event);
    if (!at.inside || !this.overview) return this.tip.hide();
    const [query, key] = [Math.floor(at.query), Math.floor(at.key)];
    const tile = this.covers([query, query + 1, key, key + 1]) ?? this.overview;
    const size = this.block(tile);
    const [r, c] = [Math.min(Math.floor((at.query - tile.region[0]) / size.rows), tile.rows - 1), Math.min(Math.floor((at.key - tile.region[2]) / size.columns), tile.columns - 1)];
    const value = tile.values[r * tile.columns + c];
    const exact = size.rows <= 1 && size.columns <= 1;
    const words = { rows: size.rows.toFixed(1).replace(".0", ""), columns: size.columns.toFixed(1).replace(".0", ""), x: weightText(value) };
    const { labels } = this.payload;
    this.tip.show(event, [`${query}: ${labels[query]} → ${key}: ${labels[key]}`, Number.isNaN(value) ? this.words.masked : say(exact ? this.words.exact : this.words[this.how], words)]);
    this.around(query, key);
  }
  /** The text around the two tokens pointed at. */
  around(query, key) {
    const line = (name, at) => {
      const text = (from, to) => this.payload.labels.slice(Math.max(from, 0), to).join("").replaceAll("▁", " ");
      return el("p", {}, el("small", {}, `${name} ${at}`), el("span", {}, text(at - 14, at)), el("mark", {}, text(at, at + 1)), el("span", {}, text(at + 1, at + 15)));
    };
    this.context.replaceChildren(line(this.words.query, query), line(this.words.key, key));
  }
  csv() {
    const tile = this.covers(this.region) ?? this.overview;
    const size = this.block(tile);
    const name = (axis, i, step) => {
      const [from, to] = [Math.round(tile.region[axis] + i * step), Math.round(tile.region[axis] + (i + 1) * step) - 1];
      return to > from ? `${from}–${to}` : `${from} ${this.payload.labels[from]}`;
    };
    const columns = Array.from({ length: tile.columns }, (_, c) => name(2, c, size.columns));
    return [["", ...columns], ...Array.from({ length: tile.rows }, (_, r) => [name(0, r, size.rows), ...Array.from(tile.values.subarray(r * tile.columns, (r + 1) * tile.columns), (x) => (Number.isNaN(x) ? "" : +x.toFixed(5)))])];
  }
  recolour() {
    this.atlas.build();
    this.picture();
    this.draw();
  }
  update(data) {
    this.waiting = false;
    this.receive(data);
  }
}

/** Streamlit's entry point: called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  const make = (root) => mountTiles(root, data, { send: setTriggerValue });
  return mountIn(parentElement, `${data.scene.id} ${data.language}`, setTriggerValue, make, (view) => view.update(data));
}
