// The paper's equations, each with this step's tensor: shape, first numbers, and all values as a colour strip.
import { unpackStrip } from "./pack.js";
import { el, say } from "./dom.js";

const MATHML = "http://www.w3.org/1998/Math/MathML";

/** MathML markup as nodes: only MathML elements and harmless attributes come through. */
function formula(markup, latex) {
  if (!markup) return el("code", {}, latex);
  const parsed = new DOMParser().parseFromString(markup, "application/xml").documentElement;
  if (parsed.namespaceURI !== MATHML || parsed.localName !== "math") return el("code", {}, latex);
  const safe = /^(display|stretchy|fence|separator|lspace|rspace|mathvariant|columnalign|rowspacing|columnspacing|width|accent|form|minsize|maxsize|linethickness|scriptlevel|displaystyle|movablelimits|largeop|xmlns)$/;
  for (const node of [parsed, ...parsed.querySelectorAll("*")]) {
    if (node.namespaceURI !== MATHML) return el("code", {}, latex);
    for (const { name } of [...node.attributes]) if (!safe.test(name)) node.removeAttribute(name);
  }
  return document.importNode(parsed, true);
}

export function formulaPanel(panel, app) {
  const { words } = app;
  const open = new Set(); // tensors whose values are unfolded
  const rows = panel.quantities.map(row);
  const empty = el("p", { class: "vz-note" }, words.no_quantities);
  const body = el("div", { class: "vz-formula" }, ...rows.map((r) => r.node), empty);

  function row(quantity, index) {
    const [shape, head, more] = ["vz-shape", "vz-first", "vz-more"].map((name) => el("div", { class: name }));
    const name = el("div", { class: "vz-name" }, el("span", {}, quantity.name), el("small", {}, quantity.source));
    const written = quantity.equation || quantity.equation_latex;
    const equation = written ? formula(quantity.equation, quantity.equation_latex) : formula(quantity.symbol, quantity.latex);
    const size = el("span", {});
    shape.append(...(written ? [formula(quantity.symbol, quantity.latex)] : []), size);
    const node = el("div", { class: "vz-tensor" }, name, el("div", { class: "vz-equation" }, equation), shape, el("div", { class: "vz-values" }, head, more));
    return { node, size, head, more, quantity, index };
  }
  function setStep() {
    const entries = new Map(panel.steps[app.step].map((item) => [item.q, item]));
    empty.hidden = entries.size > 0;
    for (const item of rows) {
      const entry = entries.get(item.index);
      item.node.hidden = !entry;
      if (entry) show(item, entry);
    }
  }
  function show({ size, head, more, quantity, index }, entry) {
    const parts = entry.shape.map((size, i) => `${size} ${quantity.axes[i].kind}`);
    size.textContent = parts.length ? parts.join(" × ") : words.number;
    const count = entry.shape.reduce((product, size) => product * size, 1);
    head.textContent = entry.shape.length ? `[${entry.head.map(short).join(", ")}${count > entry.head.length ? ", …" : ""}]` : short(entry.head[0]);
    more.replaceChildren(...(count > entry.head.length ? [unfolding(quantity, index, entry)] : []));
  }
  function unfolding(quantity, index, entry) {
    if (!entry.strip) {
      if (!app.asks("need")) return "";
      return el("button", { type: "button", class: "vz-link", onclick: () => app.ask({ kind: "need", what: `values ${quantity.name}` }) }, words.ask_values);
    }
    const unfold = ({ target }) => {
      target.open ? open.add(index) : open.delete(index);
      if (target.open && target.childElementCount === 1) target.append(strip(quantity, entry)); // decoded when looked at
    };
    return el("details", { open: open.has(index), ontoggle: unfold }, el("summary", {}, words.all_values), open.has(index) ? strip(quantity, entry) : null);
  }
  function strip(quantity, entry) {
    const values = unpackStrip(entry.strip);
    const width = entry.shape.at(-1);
    const height = values.length / width;
    const canvas = el("canvas", { class: "vz-strip", width, height });
    canvas.style.height = `${Math.min(Math.max(height * 6, 18), 220)}px`;
    const reach = Math.max(Math.abs(entry.strip.low), Math.abs(entry.strip.high)) || 1;
    const image = new ImageData(width, height);
    values.forEach((value, i) => image.data.set(Number.isNaN(value) ? [0, 0, 0, 0] : [...app.theme.signed(0.5 + value / reach / 2), 255], 4 * i));
    canvas.getContext("2d").putImageData(image, 0, 0);
    const place = (event) => {
      const area = canvas.getBoundingClientRect();
      const [i, j] = [(event.clientY - area.top) / area.height, (event.clientX - area.left) / area.width];
      return Math.min(Math.floor(i * height), height - 1) * width + Math.min(Math.max(Math.floor(j * width), 0), width - 1);
    };
    canvas.addEventListener("pointermove", (event) => {
      const at = place(event);
      const index = entry.shape.length > 1 ? `[${Math.floor(at / width)}, ${at % width}]` : `[${at}]`;
      app.tip.show(event, [`${quantity.name}${index} ${quantity.labels?.[at] ?? ""}`, Number.isNaN(values[at]) ? words.masked : `≈ ${short(values[at])}`]);
      const axis = quantity.axes[0]?.id;
      if (axis && entry.shape.length === 1) app.follow({ axis, index: at, side: "key" });
    });
    canvas.addEventListener("pointerleave", () => app.leave());
    return el("div", {}, canvas, el("div", { class: "vz-range" }, el("span", {}, short(entry.strip.low)), el("span", {}, short(entry.strip.high))));
  }
  const csv = () => [["step", "tensor", "shape", "values"], ...panel.steps.flatMap((entries, step) => entries.map((entry) =>
    [step, panel.quantities[entry.q].name, entry.shape.join("×"), ...(entry.strip ? unpackStrip(entry.strip) : entry.head)]))];
  return { body, tools: [], start: setStep, setStep, setHover: () => {}, setTheme: setStep, setMap: () => {}, csv };
}

/** Three to four significant digits, a real minus sign. */
function short(value) {
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.001 || size >= 1e5) ? value.toExponential(2) : value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
  return text.replace("-", "−");
}
