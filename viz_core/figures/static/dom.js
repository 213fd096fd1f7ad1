// Small helpers. Text always enters as text nodes, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An HTML element with attributes, `onclick`-style listeners and children (strings become text). */
export const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** The same for SVG. */
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** Gives a node another text; the same one leaves the node, and the page's layout, alone. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** "Step {i} of {n}" with its blanks filled. */
export const say = (sentence, values = {}) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

/** A weight as a person reads it: four decimals, tiny ones in powers of ten. */
export function weightText(value) {
  if (Number.isNaN(value)) return "–";
  return value > 0 && value < 0.0005 ? value.toExponential(1) : value.toFixed(4);
}

/** Blank labels made visible, long ones cut in the middle of nowhere but with all text in the tooltip. */
export function shorten(label, length = 16) {
  if (!label.trim()) return "␣";
  return label.length > length ? label.slice(0, length - 1) + "…" : label;
}

const ICONS = {
  first: "M5 4v12M16 4 8 10l8 6z", back: "M14 4 6 10l8 6z", play: "M6 4l10 6-10 6z", pause: "M6 4v12M13 4v12", forward: "M6 4l8 6-8 6z", last: "M15 4v12M4 4l8 6-8 6z",
  theme: "M10 3a7 7 0 1 0 0 14a7 7 0 1 0 0-14v14M12 6v8M14 8v4",
};
/** A control's sign, drawn rather than typed: fonts lack some of these characters. */
export const icon = (name) => svg("svg", { class: `vz-icon vz-icon-${name}`, viewBox: "0 0 20 20", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

let pen;
/** Width in pixels of a text in the player's font. */
export function textWidth(text, font) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText(text).width;
}

/** One tooltip for the whole player; `lines` are plain text. */
export class Tip {
  constructor(root) {
    this.box = el("div", { class: "vz-tip", role: "tooltip", hidden: true });
    root.append(this.box);
    this.root = root;
  }
  show(event, lines) {
    this.box.replaceChildren(...lines.map((line) => el("div", {}, line)));
    this.box.hidden = false;
    const area = this.root.getBoundingClientRect();
    const left = Math.min(event.clientX - area.left + 14, area.width - this.box.offsetWidth - 4);
    const below = event.clientY - area.top + 18;
    const fits = event.clientY + 24 + this.box.offsetHeight < innerHeight;
    this.box.style.transform = `translate(${Math.max(left, 0)}px, ${fits ? below : below - this.box.offsetHeight - 30}px)`;
  }
  hide() {
    this.box.hidden = true;
  }
}

/** Colour at 0 … 1 of a scale [[position, "#rrggbb"], …], as [r, g, b]. */
export function colourAt(scale, value) {
  const at = Math.min(Math.max(value, 0), 1) * (scale.length - 1);
  const low = Math.min(Math.floor(at), scale.length - 2);
  const [a, b] = [scale[low][1], scale[low + 1][1]].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return a.map((part, i) => Math.round(part + (b[i] - part) * (at - low)));
}

/** Relative lightness 0 … 1 of a CSS colour. */
export function lightness(colour) {
  const pen = el("canvas", { width: 1, height: 1 }).getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}
