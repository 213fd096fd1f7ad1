// Colours of the page, read from its style: the scale of weights, the hues of heads, light or dark.
import { colourAt, lightness } from "../dom.js";

export function readLook(root, { scales, hues = {} }) {
  const style = getComputedStyle(root);
  const read = (...names) => names.map((name) => style.getPropertyValue(name).trim()).find(Boolean) ?? "";
  const [ink, paper] = [read("--st-text-color", "--vz-ink"), read("--st-background-color", "--vz-paper")];
  const dark = lightness(paper) < 0.4;
  const scale = dark ? scales.dark : scales.light;
  const table = Array.from({ length: 256 }, (_, i) => colourAt(scale, i / 255));
  const colour = (value) => table[Math.round(Math.min(Math.max(value, 0), 1) * 255)];
  return { ink, paper, dark, scale, colour, hues: dark ? hues.dark : hues.light, font: style.fontFamily };
}

/** Paints rows × columns weights into a canvas of that size, one pixel a weight. relative: each row divided by its largest. */
export function paint(canvas, values, rows, columns, look, relative = false) {
  Object.assign(canvas, { width: columns, height: rows });
  const image = new ImageData(columns, rows);
  for (let r = 0; r < rows; r++) {
    let top = 1;
    if (relative) {
      top = 0;
      for (let c = 0; c < columns; c++) if (values[r * columns + c] > top) top = values[r * columns + c];
    }
    for (let c = 0; c < columns; c++) {
      const [at, value] = [4 * (r * columns + c), values[r * columns + c]];
      if (Number.isNaN(value)) continue; // masked: transparent
      const [red, green, blue] = look.colour(top ? value / top : 0);
      image.data[at] = red;
      image.data[at + 1] = green;
      image.data[at + 2] = blue;
      image.data[at + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

export const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
