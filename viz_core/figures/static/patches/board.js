// A picture with numbers of its patches glowing over it.
import { colourAt, el } from "../dom.js";

const UNIFORM_TOP = 25; // weights of so many times the uniform one get the strongest colour
const GLOW_STEPS = 256;

/** Colours of the glow as bytes, with more ink for more weight. */
export function glowTable(scale) {
  return Array.from({ length: GLOW_STEPS }, (_, i) => [...colourAt(scale, i / (GLOW_STEPS - 1)), Math.round(255 * (0.12 + 0.8 * Math.sqrt(i / (GLOW_STEPS - 1))))]);
}

/** 0 … 1 for a weight: the root of its multiple of the uniform weight, or of the largest. */
export const strength = (value, uniform, largest) => Math.min(Math.sqrt(Math.max(value, 0) / (largest ?? UNIFORM_TOP * uniform)), 1);

/** One picture: `draw(row)` lays numbers over it. events: point(index | null, event), hold(index). */
export class Board {
  constructor(app, title, events, name = "") {
    Object.assign(this, { app, events });
    this.canvas = el("canvas", { class: "vp-canvas", role: "img", "aria-label": title });
    this.caption = el("figcaption", {}, title);
    this.body = el("figure", { class: `vp-board ${name}` }, this.canvas, this.caption);
    this.small = el("canvas", { width: app.cols, height: app.rows });
    this.canvas.addEventListener("pointermove", (event) => events.point(this.at(event), event, this));
    this.canvas.addEventListener("pointerleave", () => events.point(null));
    this.canvas.addEventListener("click", (event) => events.hold(this.at(event)));
  }
  /** The token under the pointer. */
  at(event) {
    const { app, canvas } = this;
    const area = canvas.getBoundingClientRect();
    const [c, r] = [Math.floor(((event.clientX - area.left) / area.width) * app.cols), Math.floor(((event.clientY - area.top) / area.height) * app.rows)];
    return c < 0 || r < 0 || c >= app.cols || r >= app.rows ? null : app.first + r * app.cols + c;
  }
  resize(width) {
    const { app, canvas } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const height = (width * app.rows) / app.cols;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    this.paper = null;
  }
  /** What is laid over the picture below numbers: [how, colour]. */
  get dim() {
    return [["saturation", "#808080"], ["multiply", "#9a9a9a"]];
  }
  /** The picture itself: grey and dim under numbers, in its colours alone. */
  ground(plain) {
    const { app, canvas } = this;
    const pen = canvas.getContext("2d");
    const name = `${canvas.width}:${plain}`;
    if (this.paper?.name !== name) {
      const sheet = el("canvas", { width: canvas.width, height: canvas.height });
      const brush = sheet.getContext("2d");
      brush.imageSmoothingEnabled = app.patch > 8;
      brush.drawImage(app.image, 0, 0, sheet.width, sheet.height);
      if (!plain) {
        for (const [how, colour] of this.dim) {
          Object.assign(brush, { globalCompositeOperation: how, fillStyle: colour });
          brush.fillRect(0, 0, sheet.width, sheet.height);
        }
      }
      this.paper = { name, sheet };
    }
    pen.globalAlpha = 1;
    pen.drawImage(this.paper.sheet, 0, 0);
    return pen;
  }
  /** row: a number a token; level(value) → 0 … 1; hidden: tokens that are left out; marked: tokens with a frame. */
  draw(row, level, hidden, marked) {
    const { app, canvas } = this;
    const pen = this.ground(false);
    pen.imageSmoothingEnabled = app.view.smooth;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.glowing(row, level, hidden), 0, 0, canvas.width, canvas.height);
    if (hidden?.size) for (const token of hidden) this.cross(pen, token);
    this.frames(pen, marked);
  }
  /** The colours alone, a pixel a patch. */
  glowing(row, level, hidden) {
    const { app, small } = this;
    const sheet = new ImageData(app.cols, app.rows);
    for (let i = 0; i < app.rows * app.cols; i++) {
      if (hidden?.has(app.first + i)) continue;
      sheet.data.set(app.glow[Math.round(level(row[app.first + i]) * (GLOW_STEPS - 1))], 4 * i);
    }
    small.getContext("2d").putImageData(sheet, 0, 0);
    return small;
  }
  box(token) {
    const { app, canvas } = this;
    const [dx, dy, i] = [canvas.width / app.cols, canvas.height / app.rows, token - app.first];
    return [(i % app.cols) * dx, Math.floor(i / app.cols) * dy, dx, dy];
  }
  cross(pen, token) {
    const [x, y, w, h] = this.box(token);
    Object.assign(pen, { strokeStyle: "#d0d4dc", lineWidth: 1.5 });
    pen.beginPath();
    pen.moveTo(x + 2, y + 2);
    pen.lineTo(x + w - 2, y + h - 2);
    pen.moveTo(x + w - 2, y + 2);
    pen.lineTo(x + 2, y + h - 2);
    pen.stroke();
  }
  frames(pen, marked = []) {
    for (const [token, colour] of marked) {
      if (token < this.app.first) continue;
      const [x, y, w, h] = this.box(token);
      Object.assign(pen, { strokeStyle: "#000a", lineWidth: 5 });
      pen.strokeRect(x, y, w, h);
      Object.assign(pen, { strokeStyle: colour, lineWidth: 2.5 });
      pen.strokeRect(x, y, w, h);
    }
  }
  /** The picture in colour with its grid. */
  drawGrid(marked) {
    const { app, canvas } = this;
    const pen = this.ground(true);
    Object.assign(pen, { strokeStyle: "rgb(255 255 255 / 45%)", lineWidth: 1 });
    pen.beginPath();
    for (let c = 1; c < app.cols; c++) {
      pen.moveTo(Math.round((c * canvas.width) / app.cols) + 0.5, 0);
      pen.lineTo(Math.round((c * canvas.width) / app.cols) + 0.5, canvas.height);
    }
    for (let r = 1; r < app.rows; r++) {
      pen.moveTo(0, Math.round((r * canvas.height) / app.rows) + 0.5);
      pen.lineTo(canvas.width, Math.round((r * canvas.height) / app.rows) + 0.5);
    }
    pen.stroke();
    this.frames(pen, marked);
  }
}
