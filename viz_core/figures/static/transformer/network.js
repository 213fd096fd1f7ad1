// The picture of the whole network (Vaswani et al. 2017, figure 1): what is computed first stands at the bottom.
import { el, say, shorten, svg, textWidth } from "../dom.js";

const [WIDTH, BOX, HIGH, GAP, PAD] = [520, 176, 24, 7, 9];
const X = { encoder: 46, decoder: 298 };
const BUS = 260; // where the encoder's output runs up beside the decoder
const TEXT = 76; // below the lowest boxes: what is read

export class Picture {
  constructor(app) {
    this.app = app;
    this.boxes = new Map();
    const { boxes } = app.scene;
    this.columns = { encoder: boxes.filter((box) => box.side === "encoder"), decoder: boxes.filter((box) => box.side === "decoder") };
    this.height = Math.max(...Object.values(this.columns).map((column) => this.tall(column))) + TEXT + 46;
    this.picture = svg("svg", { class: "vt-picture", viewBox: `0 0 ${WIDTH} ${this.height}`, role: "group", "aria-label": app.words.view });
    this.body = el("div", { class: "vt-network" }, this.picture, el("p", { class: "vz-note" }, app.words.open_hint));
    this.build();
  }
  tall(column) {
    return column.reduce((sum, box, i) => sum + HIGH + GAP + (i && column[i - 1].layer !== box.layer ? 2 * PAD : 0), 0);
  }
  build() {
    const placed = { encoder: this.place("encoder"), decoder: this.place("decoder") };
    const nodes = [arrowHead(), ...this.frames(placed.encoder, "encoder"), ...this.frames(placed.decoder, "decoder")];
    for (const side of ["encoder", "decoder"]) nodes.push(...this.wires(placed[side], side));
    nodes.push(...this.memory(placed));
    for (const item of [...placed.encoder, ...placed.decoder]) nodes.push(this.box(item));
    this.picture.append(...nodes, ...this.words(placed));
  }
  /** Boxes with their top edge, from the bottom up. */
  place(side) {
    let y = this.height - TEXT;
    return this.columns[side].map((box, i, all) => {
      if (i && all[i - 1].layer !== box.layer) y -= 2 * PAD;
      y -= HIGH + GAP;
      return { box, x: X[side], y };
    });
  }
  box({ box, x, y }) {
    const node = svg("g", { class: `vt-box vt-${box.kind}`, "data-box": box.id, tabindex: 0, role: "button", transform: `translate(${x} ${y})`, onclick: () => this.app.pick(box.id) },
      svg("rect", { width: BOX, height: HIGH, rx: 5 }), svg("text", { x: BOX / 2, y: HIGH / 2 }, box.name));
    this.boxes.set(box.id, node);
    return node;
  }
  frames(placed, side) {
    const layers = [...new Set(placed.map(({ box }) => box.layer))].filter((layer) => layer !== null);
    return layers.map((layer) => {
      const inside = placed.filter(({ box }) => box.layer === layer);
      const [top, bottom] = [Math.min(...inside.map(({ y }) => y)) - PAD, Math.max(...inside.map(({ y }) => y)) + HIGH + PAD];
      const x = X[side] - 22;
      const middle = (top + bottom) / 2;
      return svg("g", { class: "vt-frame" }, svg("rect", { x, y: top, width: BOX + 38, height: bottom - top, rx: 8 }),
        svg("text", { transform: `translate(${side === "encoder" ? x - 9 : x + BOX + 38 + 10} ${middle}) rotate(-90)` }, `${this.app.words[side]} · ${say(this.app.words.layer, { n: layer })}`));
    });
  }
  /** Upward lines, and the residual path around every sub-layer. */
  wires(placed, side) {
    const x = X[side] + BOX / 2;
    const lines = placed.slice(1).map(({ y }, i) => svg("path", { class: "vt-wire", d: `M${x} ${placed[i].y}V${y + HIGH + 2}`, "marker-end": "url(#vt-arrow)" }));
    const start = { "add-norm": 1, add: 2 }; // boxes that the path goes around
    placed.forEach(({ box, y }, i) => {
      if (!start[box.kind]) return;
      const from = placed[i - start[box.kind]].y + HIGH + GAP / 2;
      const edge = X[side] + BOX;
      lines.push(svg("path", { class: "vt-wire vt-residual", d: `M${x} ${from}H${edge + 9}V${y + HIGH / 2}H${edge + 1}`, "marker-end": "url(#vt-arrow)" }, svg("title", {}, this.app.words.residual)));
    });
    return lines;
  }
  /** The encoder's output, as keys and values of every cross-attention. */
  memory({ encoder, decoder }) {
    const top = encoder.at(-1).y - PAD - 8;
    const crossing = decoder.filter(({ box }) => box.kind === "cross");
    const ends = crossing.map(({ y }) => y + HIGH / 2);
    const [high, low] = [Math.min(...ends, top), Math.max(...ends, top)];
    return [svg("path", { class: "vt-wire vt-memory", d: `M${X.encoder + BOX / 2} ${encoder.at(-1).y}V${top}H${BUS}M${BUS} ${low}V${high}` }),
      ...ends.map((y) => svg("path", { class: "vt-wire vt-memory", d: `M${BUS} ${y}H${X.decoder - 2}`, "marker-end": "url(#vt-arrow)" })),
      svg("text", { class: "vt-small", x: BUS - 6, y: top - 9, "text-anchor": "end" }, this.app.words.memory)];
  }
  /** What goes in below, what comes out above. */
  words({ encoder, decoder }) {
    const [left, right] = [X.encoder + BOX / 2, X.decoder + BOX / 2];
    const low = this.height - TEXT + 8;
    const arrow = (x, from, to) => svg("path", { class: "vt-wire", d: `M${x} ${from}V${to}`, "marker-end": "url(#vt-arrow)" });
    const text = (x, y, kind) => svg("text", { class: kind, x, y });
    this.said = text(right, low + 38, "vt-token");
    this.previous = text(right, low + 16, "vt-token vt-now");
    this.next = text(right, 12, "vt-token vt-says");
    const source = svg("text", { class: "vt-token", x: left, y: low + 16, lang: "zh" });
    source.append(svg("title", {}, this.app.scene.source.join(" ")), this.fitted(this.app.scene.source, 236, false));
    const small = (x, y, words) => Object.assign(svg("text", { class: "vt-small", x, y }), { textContent: words });
    return [arrow(left, low + 4, encoder[0].y + HIGH + 2), arrow(right, low + 4, decoder[0].y + HIGH + 2), arrow(right, decoder.at(-1).y, 26),
      source, small(left, low + 36, this.app.words.reads), small(right, low + 56, this.app.words.said), this.previous, this.said, this.next];
  }
  /** As many labels as fit, from the beginning or (`end`) from the last one back. */
  fitted(labels, width, end) {
    const font = `13px ${this.app.look.font}`;
    const list = end ? [...labels].reverse() : labels;
    let [shown, wide] = [0, 0];
    while (shown < list.length && wide + textWidth(`${list[shown]} `, font) < width) wide += textWidth(`${list[shown++]} `, font);
    const kept = end ? list.slice(0, shown).reverse() : list.slice(0, shown);
    if (shown < list.length) end ? kept.unshift("…") : kept.push("…");
    return kept.join(" ");
  }

  draw(step) {
    const { scene, words } = this.app;
    const before = ["<s>", ...scene.steps.map((item) => item.label)];
    this.previous.textContent = shorten(before[step], 20);
    this.said.textContent = this.fitted(before.slice(0, step), 226, true);
    this.next.textContent = `${shorten(scene.steps[step].label, 20)}  (p = ${Number(scene.steps[step].p).toFixed(3)})`;
    this.next.setAttribute("aria-label", `${words.says} ${scene.steps[step].label}`);
  }
  mark(id) {
    for (const [name, node] of this.boxes) {
      node.classList.toggle("vt-open", name === id);
      node.setAttribute("aria-pressed", String(name === id));
    }
  }
  /** The next box (`by` 1: upwards) of the same side, the other side beyond its ends. */
  beside(id, by) {
    const order = [...this.columns.encoder, ...this.columns.decoder].map((box) => box.id);
    return order[Math.min(Math.max(order.indexOf(id) + by, 0), order.length - 1)];
  }
}

function arrowHead() {
  return svg("defs", {}, svg("marker", { id: "vt-arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto-start-reverse" }, svg("path", { d: "M0 0L8 4L0 8z", class: "vt-arrow" })));
}
