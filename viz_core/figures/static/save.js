// Saving a panel: picture as SVG or PNG, numbers as CSV. Everything happens in the page.
import { el } from "./dom.js";

function download(name, blob) {
  const href = URL.createObjectURL(blob);
  el("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** RFC 4180; cells that a spreadsheet would run as a formula get an apostrophe. */
function csvText(table) {
  const cell = (value) => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return "\ufeff" + table.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** A copy of a node with its computed style written into it, so that it looks the same outside the page. */
function styled(node) {
  const copy = node.cloneNode(true);
  const [from, to] = [[node, ...node.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
  const names = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "opacity", "display", "visibility", "font",
    "text-anchor", "color", "background-color", "width", "height", "padding", "margin", "border", "border-radius", "grid-template-columns", "gap",
    "align-items", "justify-content", "text-align", "overflow", "white-space", "box-sizing", "min-width", "flex-direction", "grid-column"];
  from.forEach((source, i) => {
    const style = getComputedStyle(source);
    for (const name of names) to[i].style.setProperty(name, style.getPropertyValue(name));
    if (source instanceof HTMLCanvasElement) to[i].replaceWith(el("img", { src: source.toDataURL(), style: to[i].getAttribute("style") + ";image-rendering:pixelated" }));
  });
  return copy;
}

async function svgText(view, app) {
  if (view.chart) {
    const { gd } = view.chart;
    const size = { width: gd.clientWidth, height: gd.clientHeight, format: "svg", imageDataOnly: true };
    const layout = { ...gd.layout, paper_bgcolor: app.theme.paper, title: { text: "" } };
    return globalThis.Plotly.toImage({ data: gd.data, layout }, size);
  }
  const node = view.picture ?? view.body;
  const area = node.getBoundingClientRect();
  const [width, height] = [Math.max(area.width, node.scrollWidth || 0), area.height].map(Math.ceil);
  const copy = styled(node);
  const serialise = (what) => new XMLSerializer().serializeToString(what);
  if (view.picture) {
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    copy.style.background = app.theme.paper;
    return serialise(copy);
  }
  copy.style.background = app.theme.paper;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${serialise(copy)}</foreignObject></svg>`;
}

async function png(source) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = el("canvas", { width: image.naturalWidth * 2, height: image.naturalHeight * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** The "Save" menu of one panel. */
export function saveMenu(panel, view, app) {
  const { words } = app;
  const name = (ending) => `${panel.title.replace(/[^\p{L}\p{N}]+/gu, "-")}-${app.step + 1}.${ending}`;
  const item = (label, work) => el("button", { type: "button", onclick: async (event) => { event.target.closest("details").open = false; await work(); } }, label);
  return el("details", { class: "vz-save" }, el("summary", {}, words.save), el("div", { class: "vz-menu" },
    item(words.save_svg, async () => download(name("svg"), new Blob([await svgText(view, app)], { type: "image/svg+xml" }))),
    item(words.save_png, async () => download(name("png"), await png(await svgText(view, app)))),
    item(words.save_csv, () => download(name("csv"), new Blob([csvText(view.csv())], { type: "text/csv;charset=utf-8" })))));
}
