// The paper's equations, each with this step's tensor: shape, first numbers, and all values as a colour strip.
import { el, write } from "./dom.js";
import { unpackStrip } from "./pack.js";
import { View } from "./view.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";
const HARMLESS = new Set(("display stretchy fence separator lspace rspace mathvariant columnalign rowspacing columnspacing width accent form minsize " +
  "maxsize linethickness scriptlevel displaystyle movablelimits largeop").split(" "));

/** MathML markup as nodes: only MathML elements and harmless attributes come through; else the LaTeX is shown. */
export function mathNode(markup, latex) {
  const fallback = el("code", {}, latex);
  if (!markup) return fallback;
  const parsed = new DOMParser().parseFromString(markup, "application/xml").documentElement;
  if (parsed.localName !== "math") return fallback;
  for (const node of [parsed, ...parsed.querySelectorAll("*")]) {
    if (node.namespaceURI !== MATHML) return fallback;
    for (const { name } of [...node.attributes]) if (!HARMLESS.has(name)) node.removeAttribute(name);
  }
  return document.importNode(parsed, true);
}

export class FormulaView extends View {
  constructor(panel, app) {
    super(panel, app);
    this.open = new Set(); // tensors whose values are unfolded
    this.rows = panel.quantities.map((quantity, index) => this.row(quantity, index));
    this.empty = el("p", { class: "vz-note" }, this.words.no_quantities);
    this.body = el("div", { class: "vz-formula" }, ...this.rows.map((row) => row.node), this.empty);
  }
  row(quantity, index) {
    const [size, first, more] = ["vz-size", "vz-first", "vz-more"].map((name) => el("div", { class: name }));
    const symbol = mathNode(quantity.symbol, quantity.latex);
    const written = quantity.equation || quantity.equation_latex;
    const equation = written ? mathNode(quantity.equation, quantity.equation_latex) : symbol;
    const node = el("div", { class: "vz-tensor" },
      el("div", { class: "vz-name" }, el("span", {}, quantity.name), el("small", {}, quantity.source)),
      el("div", { class: "vz-equation" }, equation), el("div", { class: "vz-shape" }, written ? symbol : null, size), el("div", { class: "vz-values" }, first, more));
    return { node, size, first, more, quantity, index };
  }
  setTheme() {
    this.setStep();
  }
  setStep() {
    const entries = new Map(this.panel.steps[this.app.step].map((item) => [item.q, item]));
    this.empty.hidden = entries.size > 0;
    for (const row of this.rows) {
      const entry = entries.get(row.index);
      row.node.hidden = !entry;
      if (entry) this.show(row, entry);
    }
  }
  show({ size, first, more, quantity, index }, { shape, head, strip }) {
    const count = shape.reduce((product, n) => product * n, 1);
    write(size, shape.map((n, i) => `${n} ${n === 1 ? quantity.axes[i].one : quantity.axes[i].many}`).join(" × ") || this.words.number);
    first.textContent = shape.length ? `[${head.map(short).join(", ")}${count > head.length ? ", …" : ""}]` : short(head[0]);
    more.replaceChildren(count > head.length ? (strip ? this.unfolding(quantity, index, shape, strip) : this.fetching(quantity)) : "");
  }
  fetching(quantity) {
    if (!this.app.asks("need")) return "";
    return el("button", { type: "button", class: "vz-link", onclick: () => this.app.ask({ kind: "need", what: `values ${quantity.name}` }) }, this.words.ask_values);
  }
  unfolding(quantity, index, shape, strip) {
    const unfold = ({ target }) => {
      if (!target.open) return this.open.delete(index);
      this.open.add(index);
      if (target.childElementCount === 1) target.append(this.strip(quantity, shape, strip)); // decoded when looked at
    };
    const open = this.open.has(index);
    return el("details", { open, ontoggle: unfold }, el("summary", {}, this.words.all_values), open ? this.strip(quantity, shape, strip) : null);
  }
  /** All values as colours around 0; a matrix has one line a row. */
  strip(quantity, shape, packed) {
    const values = unpackStrip(packed);
    const width = shape.at(-1);
    const height = values.length / width;
    const canvas = el("canvas", { class: "vz-strip", width, height });
    canvas.style.height = `${Math.min(Math.max(height * 6, 18), 220)}px`;
    const reach = Math.max(Math.abs(packed.low), Math.abs(packed.high)) || 1;
    const image = new ImageData(width, height);
    values.forEach((value, i) => image.data.set(Number.isNaN(value) ? [0, 0, 0, 0] : [...this.app.theme.signed(0.5 + value / reach / 2), 255], 4 * i));
    canvas.getContext("2d").putImageData(image, 0, 0);
    canvas.addEventListener("pointermove", (event) => this.over(event, canvas, quantity, shape, values));
    canvas.addEventListener("pointerleave", () => this.app.leave());
    return el("div", {}, canvas, el("div", { class: "vz-range" }, el("span", {}, short(packed.low)), el("span", {}, short(packed.high))));
  }
  over(event, canvas, quantity, shape, values) {
    const area = canvas.getBoundingClientRect();
    const cell = (share, count) => Math.min(Math.max(Math.floor(share * count), 0), count - 1);
    const [i, j] = [cell((event.clientY - area.top) / area.height, canvas.height), cell((event.clientX - area.left) / area.width, canvas.width)];
    const at = i * canvas.width + j;
    const place = shape.length > 1 ? `[${i}, ${j}]` : `[${j}] ${quantity.labels?.[j] ?? ""}`;
    this.app.tip.show(event, [`${quantity.name} ${place}`, Number.isNaN(values[at]) ? this.words.masked : `≈ ${short(values[at])}`]);
    const axis = quantity.axes[0]?.id;
    if (axis) this.app.follow({ axis, index: shape.length > 1 ? i : j, side: "key" });
  }
  csv() {
    const line = (step, entry) => [step, this.panel.quantities[entry.q].name, entry.shape.join("×"), ...(entry.strip ? unpackStrip(entry.strip) : entry.head)];
    return [["step", "tensor", "shape", "values"], ...this.panel.steps.flatMap((entries, step) => entries.map((entry) => line(step, entry)))];
  }
}

/** Three to four significant digits, a real minus sign. */
function short(value) {
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.001 || size >= 1e5) ? value.toExponential(2) : value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
  return text.replace("-", "−");
}
