// A tensor as a grid of numbers. A long row is broken into lines; only the lines in sight are in the page, so that a
// matrix of thousands of numbers scrolls as easily as one of four.
import { el } from "../dom.js";
import { rich } from "./rich.js";
import { cellText, shareText } from "./typed.js";

const [CELL, SQUARE, LINE, MOST_LINES] = [50, 66, 24, 8]; // width of a number in a vector and under a word, height, lines in sight

export class NumberGrid {
  /** block: {name, head, title, rows: [{index, label, word}], cols: [{label, word}] or null}; word: it is one, and leads to its row. */
  constructor(app, block) {
    Object.assign(this, { app, block, drawn: new Map(), most: block.lines ?? MOST_LINES });
    const { title, note } = block;
    this.sheet = el("div", { class: "sa-sheet" });
    this.frame = el("div", { class: "sa-scroll", role: "grid", tabindex: -1, "aria-label": title, onscroll: () => this.draw(this.frame.scrollTop) }, this.sheet);
    this.size = el("small", {});
    this.node = el("div", { class: "sa-grid" }, el("div", { class: "sa-grid-title" }, el("b", {}, ...rich(title)), this.size), block.cols ? this.header() : null, this.frame, note ? el("p", { class: "vz-note" }, note) : null);
  }
  get matrix() {
    return this.app.tensor(this.block.name, this.block.head);
  }
  header() {
    this.head = el("div", { class: "sa-line sa-columns" });
    return this.head;
  }
  /** Lays the lines out for the width at hand, which the caller reads: of all grids first, so that the page is laid out once. */
  build(width = this.node.clientWidth) {
    const { block, matrix, app } = this;
    const labels = block.rows.map((row) => row.label);
    this.label = Math.min(Math.max(...labels.map((text) => app.textWidth(text))) + 16, 112);
    this.cell = block.cols ? SQUARE : CELL;
    const room = Math.max(Math.floor((width - this.label - 14) / this.cell), 1);
    this.wide = Math.min(block.cols ? matrix.cols : room, matrix.cols); // a square of words is not broken, it scrolls
    this.per = Math.ceil(matrix.cols / this.wide);
    const lines = block.rows.length * this.per;
    this.sheet.style.height = `${lines * LINE}px`;
    this.sheet.style.width = `${this.label + this.wide * this.cell}px`;
    this.frame.style.maxHeight = `${this.most * LINE + 4}px`;
    this.size.textContent = `${block.shape ?? `${block.rows.length} × ${matrix.cols}`}`;
    this.head?.replaceChildren(el("span", { class: "sa-label", style: `width:${this.label}px` }), ...(block.cols ?? []).map(({ label }) => el("span", { class: "sa-column", title: label, style: `width:${this.cell}px` }, el("bdi", {}, label))));
    this.sheet.replaceChildren();
    this.drawn.clear();
    this.draw(0);
  }
  /** Puts the lines in sight into the page and takes the others away. */
  draw(scrolled) {
    const first = Math.floor(scrolled / LINE);
    const last = Math.min(Math.ceil(scrolled / LINE) + this.most, this.block.rows.length * this.per);
    for (const [line, drawn] of this.drawn) {
      if (line >= first && line < last) continue;
      if (drawn.node.contains(document.activeElement)) continue; // it is being typed into
      drawn.node.remove();
      this.drawn.delete(line);
    }
    for (let line = first; line < last; line++) if (!this.drawn.has(line)) this.drawLine(line);
  }
  drawLine(line) {
    const { app, block, matrix } = this;
    const row = block.rows[Math.floor(line / this.per)];
    const start = (line % this.per) * this.wide;
    const label = el("span", { class: `sa-label${row.word === undefined ? "" : " sa-word"}`, title: row.label, style: `width:${this.label}px`, "data-row": row.word }, start === 0 ? el("bdi", {}, row.label) : "");
    const cells = [];
    for (let j = start; j < Math.min(start + this.wide, matrix.cols); j++) {
      cells.push(el("span", { class: "sa-cell", role: "gridcell", tabindex: -1, "data-key": app.keyOf(block, row.index, j), style: block.cols ? `width:${SQUARE}px` : null }));
    }
    const node = el("div", { class: `sa-line${row.word !== undefined && row.word === app.focus ? " sa-focus" : ""}`, role: "row", style: `top:${line * LINE}px` }, label, ...cells);
    this.drawn.set(line, { node, cells, row: row.index, start, shown: [] });
    this.sheet.append(node);
    this.paint(this.drawn.get(line));
  }
  paint({ cells, row, start, shown }) {
    const { app, block, matrix } = this;
    const size = app.reach(block.name, block.head);
    const show = block.name === "a" ? shareText : cellText;
    cells.forEach((cell, n) => {
      const value = matrix.data[row * matrix.cols + start + n];
      const changed = app.changed(cell.dataset.key);
      if (cell.firstElementChild) return; // it is being typed into
      if (Object.is(shown[n]?.value, value) && shown[n].changed === changed && shown[n].size === size) return;
      shown[n] = { value, changed, size };
      cell.textContent = show(value);
      cell.style.backgroundColor = app.shade(block.name, value, size);
      cell.classList.toggle("sa-changed", changed);
    });
  }
  /** The numbers may have changed; lines and labels have not. */
  refresh() {
    for (const drawn of this.drawn.values()) this.paint(drawn);
  }
  /** Which tensor this is, with its shape, for the saved file. */
  table() {
    const { block, matrix } = this;
    return block.rows.map((row) => [block.title, row.label, ...Array.from(matrix.data.subarray(row.index * matrix.cols, (row.index + 1) * matrix.cols))]);
  }
}
