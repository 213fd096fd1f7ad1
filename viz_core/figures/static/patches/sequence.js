// The same patches as a sequence, as a model reads them: prefix first, then row by row.
import { el } from "../dom.js";

export class Sequence {
  constructor(app, events) {
    Object.assign(this, { app, events });
    this.canvas = el("canvas", { class: "vp-sequence", role: "img", "aria-label": app.words.sequence });
    this.body = el("div", { class: "vp-sequence-frame" }, this.canvas);
    this.canvas.addEventListener("pointermove", (event) => events.point(this.at(event), event, this));
    this.canvas.addEventListener("pointerleave", () => events.point(null));
    this.canvas.addEventListener("click", (event) => events.hold(this.at(event)));
  }
  resize(width) {
    const { app } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.side = app.tokens > 1500 ? 11 : app.tokens > 500 ? 15 : app.tokens > 150 ? 20 : 30;
    this.gap = this.side > 15 ? 4 : 3;
    this.across = Math.max(1, Math.floor(width / (this.side + this.gap)));
    const height = Math.ceil(app.tokens / this.across) * (this.side + this.gap);
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    this.ratio = ratio;
  }
  place(token) {
    return [(token % this.across) * (this.side + this.gap), Math.floor(token / this.across) * (this.side + this.gap)];
  }
  at(event) {
    const area = this.canvas.getBoundingClientRect();
    const [c, r] = [Math.floor((event.clientX - area.left) / (this.side + this.gap)), Math.floor((event.clientY - area.top) / (this.side + this.gap))];
    const token = r * this.across + c;
    return c < 0 || c >= this.across || token < 0 || token >= this.app.tokens ? null : token;
  }
  draw(marked) {
    const { app, side } = this;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.imageSmoothingEnabled = app.patch > 8;
    const [w, h] = [app.image.naturalWidth / app.cols, app.image.naturalHeight / app.rows];
    for (let token = 0; token < app.tokens; token++) {
      const [x, y] = this.place(token);
      if (token < app.first) {
        Object.assign(pen, { fillStyle: app.look.ink, font: `600 ${Math.round(side * 0.38)}px ${app.look.font}`, textAlign: "center", textBaseline: "middle" });
        pen.fillRect(x, y, side, side);
        pen.fillStyle = app.look.paper;
        pen.fillText(app.prefix[token].slice(0, 3), x + side / 2, y + side / 2);
      } else {
        const i = token - app.first;
        pen.drawImage(app.image, (i % app.cols) * w, Math.floor(i / app.cols) * h, w, h, x, y, side, side);
      }
    }
    for (const [token, colour] of marked) {
      const [x, y] = this.place(token);
      Object.assign(pen, { strokeStyle: colour, lineWidth: 3 });
      pen.strokeRect(x - 1, y - 1, side + 2, side + 2);
    }
  }
}
