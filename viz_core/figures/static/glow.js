// Maps over a picture as the player's panels draw them: one scale for all steps, smooth or patch by patch.
import { colourAt, el, say, weightText } from "./dom.js";
import { Board, strength } from "./patches/board.js";

const [MOST_TIMES, MOST, FINEST, FINE] = [25, 0.25, 9, 128]; // × uniform, but no more than a quarter, that glows fully; points along a patch, along a map

const UNMOVED = { point() {}, hold() {} }; // for pictures that answer to no pointer

/** What all maps of a site share: the grid, the picture below, how they are drawn. It is the `app` of their boards. */
export class Ground {
  constructor({ geometry, picture }, site, app) {
    const { rows, cols } = geometry;
    Object.assign(this, { rows, cols, site, app, patch: 14, first: site.keys.length - rows * cols, view: { smooth: true, relative: false, map: true } });
    // Nothing attended to lets the picture through as it is: captions speak of colours.
    this.glow = Array.from({ length: 256 }, (_, i) => [...colourAt(app.payload.glow, i / 255), Math.round(228 * (i / 255) ** 0.7)]);
    this.uniform = 1 / site.keys.length;
    this.tops = new Map();
    this.plain = picture === null;
    this.image = this.plain ? blank() : new Image();
    this.ready = this.plain;
    if (this.plain) return;
    this.image.src = app.payload.pictures[picture];
    this.image.decode().then(() => ((this.ready = true), this.tell()));
  }
  /** Every panel of the site draws itself again. */
  tell() {
    for (const view of this.app.views) view.setMap(this.site);
  }
  change(what) {
    Object.assign(this.view, what);
    this.tell();
  }
  /** The weight with the strongest colour when one scale holds for all steps: the largest of all, but never so small that uniform attention glows. */
  get top() {
    const { site, first, tops } = this;
    if (!tops.has(site.shown)) tops.set(site.shown, Math.max(Math.min(MOST_TIMES * this.uniform, MOST), ...rowsOf(site).map((row) => largest(row, first))));
    return tops.get(site.shown);
  }
  topOf(row) {
    return this.view.relative ? largest(row, this.first) || 1 : this.top;
  }
  where(index) {
    const i = index - this.first;
    return { r: Math.floor(i / this.cols) + 1, c: (i % this.cols) + 1 };
  }
  nameOf(index, words) {
    return index < this.first ? this.site.keys[index] : say(words.patch, this.where(index));
  }
}

/** The ground of a panel's site, made once. */
export const groundOf = (panel, site, app) => (site.ground ??= new Ground(panel, site, app));

export function largest(row, from = 0) {
  let most = 0;
  for (let i = from; i < row.length; i++) if (row[i] > most) most = row[i];
  return most;
}
const rowsOf = (site) => Array.from({ length: site.queries.length }, (_, i) => site.row(i));

/** Marks one patch of every picture inside a node (the style draws it), or none. */
export function spot(node, ground, index) {
  node.classList.toggle("vz-spotted", index >= ground.first);
  if (index < ground.first) return;
  const { r, c } = ground.where(index);
  for (const [name, value] of [["x", (c - 1) / ground.cols], ["y", (r - 1) / ground.rows], ["w", 1 / ground.cols], ["h", 1 / ground.rows]]) node.style.setProperty(`--spot-${name}`, `${100 * value}%`);
}

/** In place of a picture that is not known. */
function blank() {
  const canvas = el("canvas", { width: 1, height: 1 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#b9bec8";
  pen.fillRect(0, 0, 1, 1);
  return canvas;
}

/** A picture of one row of weights. */
export class MapBoard extends Board {
  constructor(ground, title, events = UNMOVED, name = "") {
    super(ground, title, events, name);
    // Its canvas in a frame of its own, over which one patch can be marked without drawing anything again.
    this.frame = el("span", { class: "vz-picture-frame" });
    this.canvas.replaceWith(this.frame);
    this.frame.append(this.canvas);
    this.drawn = [];
  }
  /** row: a weight a key, null for the picture alone; marked: [index, colour] of patches with a frame. Whether anything changed. */
  show(row, marked = []) {
    const { app } = this;
    if (!app.ready || !this.canvas.width) return false;
    const now = [row?.buffer, row?.byteOffset, app.view.smooth, app.view.relative, this.canvas.width, ...marked.flat()];
    if (now.length === this.drawn.length && now.every((value, i) => value === this.drawn[i])) return false;
    this.drawn = now;
    this.lay(row, marked);
    return true;
  }
  lay(row, marked) {
    const { app } = this;
    if (!row) return this.frames(this.ground(true), marked);
    const masked = [];
    for (let i = app.first; i < row.length; i++) if (Number.isNaN(row[i])) masked.push(i);
    const top = app.topOf(row);
    this.draw(row, (value) => strength(value, 1, top), new Set(masked), marked);
  }
  get dim() {
    return [["multiply", "#b0b0b0"]];
  }
  resize(width) {
    if (width === this.width) return;
    super.resize(width);
    this.width = width;
  }
  /** Smooth: weights between the centres of the patches first, colours after. */
  glowing(row, level, hidden) {
    const { app } = this;
    if (!app.view.smooth) return super.glowing(row, level, hidden);
    const most = Math.min(FINEST, FINE / Math.max(app.rows, app.cols), this.canvas.width / app.cols);
    const times = Math.max(most, 1) | 1; // an odd number: one of the points is the patch's centre
    const [width, height] = [app.cols * times, app.rows * times];
    const [values, colours] = [upsampled(row.subarray(app.first), app.rows, app.cols, times), palette32(app)];
    const sheet = new ImageData(width, height);
    const pixels = new Uint32Array(sheet.data.buffer);
    values.forEach((value, i) => Number.isNaN(value) || (pixels[i] = colours[Math.round(255 * level(value))]));
    this.fine ??= el("canvas");
    if (this.fine.width !== width || this.fine.height !== height) Object.assign(this.fine, { width, height });
    this.fine.getContext("2d").putImageData(sheet, 0, 0);
    return this.fine;
  }
}

const palette32 = (app) => (app.glow32 ??= new Uint32Array(Uint8ClampedArray.from(app.glow.flat()).buffer));

/** Numbers of a grid, bilinear between the cells' centres, `times` as many a side; NaN where the cell itself is. */
export function upsampled(values, rows, cols, times) {
  const found = new Float32Array(rows * cols * times * times);
  const [down, across] = [between(rows, times), between(cols, times)];
  let at = 0;
  for (const [r, below, v] of down) {
    for (const [c, right, u] of across) {
      const corners = [values[r * cols + c], values[r * cols + right], values[below * cols + c], values[below * cols + right]];
      const upper = corners[0] + (corners[1] - corners[0]) * u;
      const value = upper + (corners[2] + (corners[3] - corners[2]) * u - upper) * v;
      const own = (v < 0.5 ? 0 : 2) + (u < 0.5 ? 0 : 1);
      found[at++] = Number.isNaN(value) ? corners[own] : value; // beside masked cells: as far as the cell reaches
    }
  }
  return found;
}

/** For every fine place along a side: the cells before and behind it, and how far it lies towards the second. */
function between(count, times) {
  return Array.from({ length: count * times }, (_, k) => {
    const place = Math.min(Math.max((k + 0.5) / times - 0.5, 0), count - 1);
    const low = Math.floor(place);
    return [low, Math.min(low + 1, count - 1), place - low];
  });
}

/** How a row spreads over the patches, in one sentence. */
export function spreadText(row, ground, words) {
  if (!row) return words.no_row;
  const patches = Array.from(row.subarray(ground.first));
  const known = patches.filter((value) => !Number.isNaN(value));
  const prefix = Array.from(row.subarray(0, ground.first)).filter((value) => !Number.isNaN(value));
  if (!known.length && !prefix.length) return words.all_masked;
  const total = known.reduce((sum, value) => sum + value, 0);
  const parts = [];
  if (total > 0) parts.push(most(patches, known, total, ground, words));
  if (known.length < patches.length) parts.push(say(words.some_masked, { n: patches.length - known.length }));
  if (prefix.length) parts.push(say(words.on_prefix, { names: ground.site.keys.slice(0, ground.first).join(", "), x: weightText(prefix.reduce((sum, value) => sum + value, 0)) }));
  return parts.join(" ");
}

function most(patches, known, total, ground, words) {
  const [even, peak] = [total / known.length, Math.max(...known)];
  if (known.length > 1 && peak < 1.5 * even) return say(words.even, { x: weightText(even), y: (peak / even).toFixed(2) });
  let [n, held] = [0, 0];
  for (const value of known.sort((a, b) => b - a)) {
    held += value;
    n += 1;
    if (held >= total / 2) break;
  }
  const strongest = ground.where(ground.first + patches.indexOf(peak));
  return say(n === 1 ? words.half_one : words.half, { n, ...strongest });
}
