// What stands beside the rows and above the columns of a large map: tokens where there is room, positions otherwise.
import { shorten } from "../dom.js";

export const READABLE = 12; // px a token that its label needs
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];

/** The positions to name between `from` and `to` on `size` pixels, and how to write one. */
function marks(from, to, size, labels) {
  if (size / (to - from) >= READABLE) {
    const count = Math.ceil(to) - Math.floor(from);
    return [Array.from({ length: count }, (_, i) => Math.floor(from) + i), (i) => shorten(labels[i] ?? "", 14)];
  }
  const step = STEPS.find((n) => (to - from) / n <= 10) ?? 5000;
  const first = Math.ceil(from / step);
  const count = Math.max(Math.floor((to - 1e-9) / step) - first + 1, 0);
  return [Array.from({ length: count }, (_, i) => (first + i) * step), String];
}

/** Draws both rulers of a view with `region`, `area`, `look`, `payload.labels` and `toPixel`. */
export function drawRulers(pen, view) {
  const { area, look, payload } = view;
  const [top, bottom, left, right] = view.region;
  pen.fillStyle = look.ink;
  pen.font = `11px ${look.font}`;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  const [rows, rowText] = marks(top, bottom, area.h, payload.labels);
  for (const i of rows) {
    const y = view.toPixel(0, i + 0.5)[1];
    if (y >= area.y - 1 && y <= area.y + area.h + 1) pen.fillText(rowText(i), area.x - 6, y);
  }
  pen.textAlign = "left";
  const [columns, columnText] = marks(left, right, area.w, payload.labels);
  for (const i of columns) {
    const x = view.toPixel(i + 0.5, 0)[0];
    if (x < area.x - 1 || x > area.x + area.w + 1) continue;
    pen.save();
    pen.translate(x, area.y - 6);
    pen.rotate(-Math.PI / 3.2);
    pen.fillText(columnText(i), 0, 0);
    pen.restore();
  }
}
