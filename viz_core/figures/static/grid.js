// The drawing of a matrix: its cells as one picture, labels along two sides, a colour bar. Drawn by hand, so that the
// first picture of a page waits for no library. Nothing here knows of steps.
import { el, shorten, svg, textWidth } from "./dom.js";

const [LINE, TALLEST, HIGHEST, RIGHT, BAR, SLANT] = [15, 28, 460, 78, 130, Math.SQRT1_2];
let patterns = 0; // every hatching needs a name of its own

/** Rows of numbers 0 … 1 as a picture of one pixel a cell; NaN is clear, so that what lies below shows. */
export function cellPicture(rows, colour) {
  const [width, height] = [rows[0]?.length || 1, rows.length || 1];
  const canvas = el("canvas", { width, height });
  const image = new ImageData(width, height);
  rows.forEach((row, i) => row.forEach((value, j) => Number.isNaN(value) || image.data.set([...colour(value), 255], 4 * (i * width + j))));
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas.toDataURL();
}

export class Grid {
  /** Lays the matrix of two lists of labels out in `width` pixels. `bar`: what the colours mean; `masked`: the word for NaN, "" for none. */
  constructor(rows, columns, width, { font, bar, masked }) {
    const widest = (labels) => Math.max(0, ...labels.map((label) => textWidth(shorten(label), font)));
    const left = Math.min(widest(rows) + 14, width * 0.35);
    const across = Math.max(width - left - RIGHT, 60);
    this.cell = { width: across / columns.length, height: Math.min(TALLEST, HIGHEST / rows.length) };
    this.flat = widest(columns) + 8 <= this.cell.width;
    const top = this.flat ? 26 : Math.min(widest(columns) * SLANT + 18, 110);
    this.area = { left, top, width: across, height: this.cell.height * rows.length };
    this.size = { width, height: top + Math.max(this.area.height, BAR) + (masked ? 30 : 8) };
    this.image = svg("image", { width: across, height: this.area.height, preserveAspectRatio: "none", class: "vz-cells" });
    // A window that shows the rows so far; its own edge cuts off the rest.
    this.window = svg("svg", { x: left, y: top, width: across, height: this.area.height }, masked ? this.hatch({ width: across, height: this.area.height }) : null, this.image);
    this.rowLabels = spread(rows, this.cell.height).map(([i, label]) => [i, this.rowLabel(label, i)]);
    this.nodes = [this.pattern(masked), this.window, ...this.rowLabels.map(([, node]) => node), ...this.columnLabels(columns), ...this.colourBar(bar), ...this.legend(masked)];
  }
  rowLabel(label, i) {
    const { left, top } = this.area;
    return svg("text", { class: "vz-row-label", x: left - 7, y: top + (i + 0.5) * this.cell.height }, shorten(label));
  }
  columnLabels(labels) {
    const { left, top } = this.area;
    const pitch = this.flat ? this.cell.width : this.cell.width * SLANT;
    return spread(labels, this.flat ? LINE : pitch).map(([j, label]) => {
      const place = `translate(${left + (j + 0.5) * this.cell.width} ${top - (this.flat ? 10 : 6)})`;
      return svg("text", { class: this.flat ? "vz-column-label" : "vz-slanted", transform: this.flat ? place : `${place} rotate(-45)` }, shorten(label));
    });
  }
  colourBar(title) {
    const { left, top, width, height } = this.area;
    const [x, high] = [left + width + 14, Math.max(height, BAR)];
    this.scale = svg("image", { x, y: top, width: 12, height: high, preserveAspectRatio: "none" });
    const marks = [0, 0.25, 0.5, 0.75, 1].map((value) => svg("text", { class: "vz-mark", x: x + 17, y: top + (1 - value) * (high - 10) + 5 }, String(value)));
    return [this.scale, ...marks, svg("text", { class: "vz-bar-title", transform: `translate(${x + 52} ${top + high / 2}) rotate(90)` }, title)];
  }
  pattern(masked) {
    if (!masked) return svg("defs");
    this.name = `vz-hatch-${++patterns}`;
    this.window.querySelector(".vz-hatch").setAttribute("fill", `url(#${this.name})`);
    const line = svg("path", { d: "M0 0V6", class: "vz-hatching" });
    return svg("defs", {}, svg("pattern", { id: this.name, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, line));
  }
  hatch(place) {
    return svg("rect", { class: "vz-hatch", ...place });
  }
  legend(masked) {
    if (!masked) return [];
    const y = this.size.height - 18;
    return [svg("rect", { x: this.area.left, y, width: 14, height: 14, fill: `url(#${this.name})`, class: "vz-frame" }), svg("text", { class: "vz-mark", x: this.area.left + 20, y: y + 7 }, masked)];
  }

  /** Colours the cells and the bar. */
  paint(values, colour) {
    this.image.setAttribute("href", cellPicture(values, colour));
    this.scale.setAttribute("href", cellPicture(Array.from({ length: 64 }, (_, i) => [1 - i / 63]), colour));
  }
  /** Shows the first `count` rows. */
  reveal(count) {
    this.window.setAttribute("height", count * this.cell.height);
    for (const [i, node] of this.rowLabels) node.toggleAttribute("hidden", i >= count);
  }
  /** The rectangle of `count` rows from `row`, or of one column of them. */
  rowBox(row, count = 1) {
    return { x: this.area.left, y: this.area.top + row * this.cell.height, width: this.area.width, height: count * this.cell.height };
  }
  columnBox(column, rows) {
    return { x: this.area.left + column * this.cell.width, y: this.area.top, width: this.cell.width, height: rows * this.cell.height };
  }
  /** [row, column] under a point of the picture, which may lie outside. */
  at(x, y) {
    return [Math.floor((y - this.area.top) / this.cell.height), Math.floor((x - this.area.left) / this.cell.width)];
  }
}

/** [index, label] of as many labels as fit when every position is `pitch` pixels apart. */
function spread(labels, pitch) {
  const stride = Math.max(1, Math.ceil(LINE / pitch));
  return labels.map((label, index) => [index, label]).filter(([index]) => index % stride === 0);
}
