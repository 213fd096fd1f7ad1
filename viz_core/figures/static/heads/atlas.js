// Every head as a cell, coloured by one of its summaries: the way into a map too large to draw for all heads.
import { el, say, svg } from "../dom.js";

const [WIDEST, HIGH, INDENT, HEADING] = [22, 17, 24, 20];

export class Atlas {
  constructor(app) {
    this.app = app;
    const { words, payload } = app;
    this.by = Object.keys(payload.summary).includes("first") ? "first" : Object.keys(payload.summary)[0];
    this.select = el("select", { onchange: (event) => ((this.by = event.target.value), this.build()) }, ...Object.keys(payload.summary).filter((name) => words[name]).map((name) => el("option", { value: name, selected: name === this.by }, words[name])));
    this.picture = svg("svg", { class: "vh-atlas", role: "listbox", "aria-label": words.atlas, tabindex: 0 });
    this.picture.addEventListener("keydown", (event) => this.key(event));
    this.range = el("span", { class: "vz-note" });
    this.legend = el("canvas", { class: "vh-legend", width: 128, height: 1 });
    this.body = el("div", {}, el("div", { class: "vh-scroll" }, this.picture), el("div", { class: "vh-scale" }, this.range));
  }
  build() {
    const { app } = this;
    const values = app.payload.summary[this.by];
    const known = values.flat().filter((x) => typeof x === "number");
    const bounded = app.payload.bounded.includes(this.by);
    const [low, high] = bounded ? [0, 1] : [Math.min(...known), Math.max(...known)];
    const [layers, heads] = [values.length, values[0].length];
    this.wide = Math.max(Math.min((app.root.clientWidth - INDENT - 30) / layers, WIDEST), 8);
    const every = this.wide < 15 ? 5 : 1;
    for (const [name, value] of Object.entries({ width: INDENT + layers * this.wide + 2, height: HEADING + heads * HIGH + 2 })) this.picture.setAttribute(name, value);
    const nodes = [];
    for (let layer = 0; layer < layers; layer += every) nodes.push(svg("text", { x: INDENT + (layer + 0.5) * this.wide, y: 13, "text-anchor": "middle" }, String(layer)));
    for (let head = 0; head < heads; head++) {
      nodes.push(svg("text", { x: INDENT - 6, y: HEADING + (head + 0.5) * HIGH, "text-anchor": "end", "dominant-baseline": "central" }, String(head)));
      for (let layer = 0; layer < layers; layer++) nodes.push(this.cell(layer, head, values[layer][head], low, high));
    }
    const [layer, head] = app.head;
    nodes.push(svg("rect", { class: "vh-here", x: INDENT + layer * this.wide, y: HEADING + head * HIGH, width: this.wide, height: HIGH }));
    this.picture.replaceChildren(...nodes);
    this.range.textContent = `${low.toFixed(bounded ? 0 : 2)} – ${high.toFixed(bounded ? 0 : 2)}`;
  }
  cell(layer, head, value, low, high) {
    const { app } = this;
    const known = typeof value === "number";
    const fill = known ? `rgb(${app.look.colour((value - low) / (high - low || 1)).join(" ")})` : "none";
    const name = say(app.words.layer_head, { layer, head });
    return svg("rect", { class: "vh-cell", role: "option", "aria-label": name, x: INDENT + layer * this.wide + 1, y: HEADING + head * HIGH + 1, width: this.wide - 2, height: HIGH - 2, fill, "data-head": `${layer}.${head}`,
      onclick: () => app.choose([layer, head]), onpointermove: (event) => app.tip.show(event, [name, ...Object.entries(app.payload.summary).filter(([key]) => app.words[key]).map(([key, table]) => `${app.words[key]}: ${typeof table[layer][head] === "number" ? table[layer][head].toFixed(3) : "–"}`)]), onpointerleave: () => app.tip.hide() });
  }
  key(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const values = this.app.payload.summary[this.by];
    const [layer, head] = [this.app.head[0] + move[0], this.app.head[1] + move[1]];
    if (values[layer]?.[head] !== undefined) this.app.choose([layer, head]);
  }
}
