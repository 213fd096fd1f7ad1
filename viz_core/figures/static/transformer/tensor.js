// One tensor of the open box: name, shape, equation, its numbers as colours (drawn on one canvas), and one number worked out.
import { el, say, shorten } from "../dom.js";
import { mathNode } from "../formula.js";
import { saveMenu } from "../save.js";
import { worked } from "./worked.js";

const [RIGHT, TOP, FONT] = [10, 22, 12];
const [NARROWEST, LOWEST] = [46, 15]; // a cell with its number written into it

export class TensorView {
  constructor(tensor, app) {
    Object.assign(this, { tensor, app, panel: { title: `${app.boxTitle} ${tensor.name}` } });
    this.canvas = el("canvas", { class: "vt-cells", role: "img" });
    this.size = el("span", { class: "vt-shape" });
    this.worked = el("div", { class: "vt-worked" });
    this.range = el("span", { class: "vt-range" });
    this.body = el("div", { class: "vt-body" }, this.canvas);
    const equation = tensor.equation_latex ? mathNode(tensor.equation, tensor.equation_latex) : null;
    this.node = el("section", { class: "vt-tensor", "data-tensor": tensor.tensor }, el("header", {}, el("b", {}, tensor.name), mathNode(tensor.symbol, tensor.latex), this.size, this.range, saveMenu(this.panel, this, app)),
      equation ? el("div", { class: "vt-equation", title: tensor.source }, equation) : null, this.body, this.worked);
    this.listen();
  }
  /** Which roles run down and across; of three, the head is picked above. */
  get axes() {
    const { roles } = this.tensor;
    const shown = roles.length === 3 ? roles.filter((role) => role !== "head") : roles;
    return { down: shown.length > 1 ? shown[0] : null, across: shown.at(-1) };
  }
  label(role, index) {
    const { words } = this.app;
    const { labels } = this.tensor.box;
    if (role === "head") return say(words.head_n, { n: index });
    return labels[role] ? labels[role][index] ?? "" : String(index);
  }

  /** This step's numbers. What cannot have changed is not drawn again. */
  draw(step) {
    const { tensor, app } = this;
    const now = JSON.stringify([tensor.steps === "one" ? 0 : step, app.cursor]);
    if (now === this.drawn) return;
    this.drawn = now;
    const size = tensor.shape(step).map((n, i) => `${n} ${app.words[`units_${tensor.roles[i]}`][n === 1 ? 0 : 1]}`).join(" × ");
    if (this.size.textContent !== size) {
      this.size.textContent = size;
      this.canvas.setAttribute("aria-label", `${tensor.name}, ${size}`);
    }
    this.worked.textContent = worked(tensor, step, app.cursor, app);
    if (this.place) this.paint(step);
  }
  /** The width or the colours of the page changed: everything anew. */
  refit(step) {
    const { tensor } = this;
    this.range.textContent = tensor.tensor === "index" ? "" : tensor.weights ? "0 … 1" : `−${tensor.text(tensor.reach)} … ${tensor.text(tensor.reach)}`;
    this.plan();
    this.drawn = null;
    this.draw(step);
  }
  /** Where things stand in the width there is. */
  plan() {
    const width = this.body.clientWidth;
    if (!width) return void (this.place = null);
    const { tensor, app } = this;
    const { down, across } = this.axes;
    const [rows, columns] = [down ? tensor.size(down) : 1, tensor.size(across)];
    const pen = this.canvas.getContext("2d");
    pen.font = `${FONT}px ${app.look.font}`;
    const widest = (role, count) => Math.max(0, ...Array.from({ length: count }, (_, i) => pen.measureText(shorten(this.label(role, i), 12)).width));
    const left = down && down !== "channel" ? Math.min(widest(down, rows) + 10, 110) : 4;
    const cell = { width: (width - left - RIGHT) / columns, height: rows === 1 ? 24 : rows <= 8 ? 20 : Math.max(10, Math.min(18, 320 / rows)) };
    if (columns === 1) cell.width = Math.min(cell.width, 90);
    const slanted = across !== "channel" && widest(across, columns) + 6 > cell.width;
    const top = slanted ? Math.min(widest(across, columns) * 0.71 + 12, 84) : across === "channel" && columns === 1 ? 4 : TOP;
    const height = top + rows * cell.height + 4;
    const ratio = globalThis.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
      Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    this.place = { left, top, cell, rows, columns, down, across, slanted, width };
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = `${FONT}px ${app.look.font}`;
    pen.textBaseline = "middle";
    this.labels(pen);
  }
  paint(step) {
    const { left, top, cell, rows, columns } = this.place;
    const pen = this.canvas.getContext("2d");
    pen.clearRect(left - 2, top - 1, columns * cell.width + 5, rows * cell.height + 3);
    const values = this.shown(step);
    this.colours(pen, values);
    const written = cell.width >= NARROWEST && cell.height >= LOWEST;
    pen.textAlign = "center";
    for (let n = 0; n < values.length; n++) {
      const [x, y] = [left + (n % columns) * cell.width, top + Math.floor(n / columns) * cell.height];
      if (Number.isNaN(values[n])) this.hatch(pen, x, y, cell);
      else if (written) {
        const [r, g, b] = this.colour(values[n]);
        pen.fillStyle = 0.2126 * r + 0.7152 * g + 0.0722 * b > 140 ? "#12151d" : "#ffffff";
        pen.fillText(this.brief(values[n]), x + cell.width / 2, y + cell.height / 2);
      }
    }
    this.ring(pen);
  }
  /** The numbers on show, row by row; NaN for later keys. */
  shown(step) {
    const { tensor, app, place } = this;
    const { rows, columns, down, across } = place;
    const shape = tensor.shape(step);
    const limit = (role) => (role ? shape[tensor.roles.indexOf(role)] : 1);
    let first = tensor.start(step);
    for (const role of tensor.roles) if (role !== down && role !== across) first += app.cursor[role] * tensor.stride(step, role);
    const [by, to] = [down ? tensor.stride(step, down) : 0, tensor.stride(step, across)];
    const [most, last, { values }] = [limit(down), limit(across), tensor];
    const out = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i * columns + j] = i < most && j < last ? values[first + i * by + j * to] : NaN;
    return out;
  }
  colour(value) {
    const { tensor, app } = this;
    if (tensor.tensor === "index") return app.look.blank;
    return tensor.weights ? app.look.colour(value) : app.look.signed(0.5 + value / tensor.reach / 2);
  }
  /** One pixel a cell, stretched: many times faster than a rectangle each. */
  colours(pen, values) {
    const { left, top, cell, rows, columns } = this.place;
    this.pixels ??= el("canvas", { width: columns, height: rows });
    const small = this.pixels.getContext("2d");
    const image = small.createImageData(columns, rows);
    for (let n = 0; n < values.length; n++) {
      if (Number.isNaN(values[n])) continue;
      const colour = this.colour(values[n]);
      image.data[4 * n] = colour[0];
      image.data[4 * n + 1] = colour[1];
      image.data[4 * n + 2] = colour[2];
      image.data[4 * n + 3] = 255;
    }
    small.putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.pixels, left, top, columns * cell.width, rows * cell.height);
  }
  brief(value) {
    if (this.tensor.tensor === "index") return this.tensor.text(value);
    return value.toFixed(Math.min(Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3, this.tensor.decimals)).replace("-", "−");
  }
  hatch(pen, x, y, cell) {
    pen.strokeStyle = this.app.look.muted;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x + 2, y + cell.height - 2);
    pen.lineTo(x + Math.min(cell.width, cell.height) - 2, y + 2);
    pen.stroke();
  }
  labels(pen) {
    const { left, top, cell, rows, columns, down, across, slanted } = this.place;
    pen.fillStyle = this.app.look.ink;
    if (down && down !== "channel") {
      pen.textAlign = "right";
      const stride = Math.max(1, Math.ceil(13 / cell.height));
      for (let i = 0; i < rows; i += stride) pen.fillText(shorten(this.label(down, i), 12), left - 5, top + (i + 0.5) * cell.height);
    }
    if (across === "channel" && columns === 1) return;
    const stride = across === "channel" ? ticks(columns, this.place.width) : Math.max(1, Math.ceil((slanted ? 18 : 14) / cell.width));
    for (let j = 0; j < columns; j += stride) {
      pen.save();
      pen.translate(left + (j + 0.5) * cell.width, top - 8);
      if (slanted) pen.rotate(-Math.PI / 4);
      pen.textAlign = slanted || across === "channel" ? "left" : "center";
      pen.fillText(shorten(this.label(across, j), 12), across === "channel" ? -cell.width / 2 : 0, 0);
      pen.restore();
    }
  }
  /** The cell that the reader follows. */
  ring(pen) {
    const { left, top, cell, down, across, rows, columns } = this.place;
    const { cursor, look } = this.app;
    const [i, j] = [down ? cursor[down] ?? 0 : 0, cursor[across] ?? 0];
    if (i >= rows || j >= columns) return;
    pen.strokeStyle = look.hot;
    pen.lineWidth = 2;
    pen.strokeRect(left + j * cell.width - 1, top + i * cell.height, Math.max(cell.width, 4) + 1, cell.height);
  }

  listen() {
    this.canvas.addEventListener("pointermove", (event) => {
      const at = this.under(event);
      if (!at) return this.app.tip.hide();
      const value = this.tensor.at(this.app.step, at);
      const names = this.tensor.roles.map((role) => (role === "channel" ? say(this.app.words.channel_n, { n: at.channel }) : this.label(role, at[role])));
      this.app.tip.show(event, [`${this.tensor.name} · ${names.join(" · ")}`, Number.isNaN(value) ? this.app.words.later : this.tensor.text(value)]);
    });
    this.canvas.addEventListener("pointerleave", () => this.app.tip.hide());
    this.canvas.addEventListener("click", (event) => {
      const at = this.under(event);
      if (at) this.app.followCell(Object.fromEntries(this.tensor.roles.map((role) => [role, at[role]])));
    });
  }
  /** The place {role: index} under the pointer, or null. */
  under(event) {
    if (!this.place) return null;
    const { left, top, cell, rows, columns, down, across } = this.place;
    const area = this.canvas.getBoundingClientRect();
    const [j, i] = [Math.floor((event.clientX - area.left - left) / cell.width), Math.floor((event.clientY - area.top - top) / cell.height)];
    if (i < 0 || j < 0 || i >= rows || j >= columns) return null;
    return { ...this.app.cursor, [across]: j, ...(down ? { [down]: i } : {}) };
  }
  /** This step's numbers as a table, one line a row of the tensor. */
  csv() {
    const { tensor, app } = this;
    const shape = tensor.shape(app.step);
    const last = tensor.roles.at(-1);
    const rows = shape.slice(0, -1).reduce((all, n) => all.flatMap((at) => Array.from({ length: n }, (_, i) => [...at, i])), [[]]);
    const head = [...tensor.roles.slice(0, -1), ...Array.from({ length: shape.at(-1) }, (_, j) => this.label(last, j))];
    return [head, ...rows.map((at) => {
      const place = Object.fromEntries(at.map((i, n) => [tensor.roles[n], i]));
      return [...at.map((i, n) => this.label(tensor.roles[n], i)), ...Array.from({ length: shape.at(-1) }, (_, j) => +tensor.at(app.step, { ...place, [last]: j }).toFixed(6))];
    })];
  }
}

/** A round number of channels between two labels. */
function ticks(count, width) {
  const least = (count * 34) / width;
  return [1, 2, 5, 10, 20, 40, 80, 160, 320, 640].find((n) => n >= least) ?? count;
}
