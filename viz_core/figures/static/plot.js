// Any Plotly figure that follows the steps: cursor, uncovering, changes by step, markers that link.
import { Chart, lay, themed, typeset } from "./chart.js";
import { el } from "./dom.js";
import { unpackWeights } from "./pack.js";

export function plotPanel(panel, app) {
  const { points, patches } = panel;
  const attention = points?.attention ? unpackWeights(points.attention) : null;
  const cursor = el("div", { class: "vz-cursor" });
  const ring = el("div", { class: "vz-ring", hidden: true });
  let patched = -1;

  function draw() {
    const figure = themed(panel.figure, app.theme);
    typeset(figure.layout, app.theme);
    figure.layout.margin = { ...figure.layout.margin, t: 30 };
    if (points) {
      figure.data[points.trace].hoverinfo = "none";
      delete figure.data[points.trace].hovertemplate;
    }
    figure.layout.hovermode ??= "closest";
    figure.layout.dragmode = figure.layout.dragmode ?? "pan";
    patched = -1;
    return figure;
  }
  const chart = new Chart(draw, () => (setStep(), setHover(app.hover)));
  chart.signal = app.signal;
  chart.overlay.append(cursor, ring);

  async function start() {
    await chart.start();
    if (!points || !chart.ready) return;
    chart.gd.on("plotly_hover", ({ points: [point], event }) => point.curveNumber === points.trace && over(point, event));
    chart.gd.on("plotly_unhover", () => app.leave());
    chart.gd.on("plotly_click", ({ points: [point] }) => point.curveNumber === points.trace && reached(point) && app.ask({ kind: points.axis, [points.axis]: point.customdata, panel: panel.title }));
  }
  const reached = (point) => !panel.reveal || point[panel.reveal.axis] <= panel.reveal.edges[app.step];
  function over(point, event) {
    if (!reached(point)) return;
    const index = point.customdata;
    app.follow(message(index));
    app.tip.show(event, (points.text[index] ?? String(index)).split("\n"));
  }
  /** What the other panels need to light up a marker's attention. */
  function message(index) {
    const weights = attention?.subarray(index * points.width, (index + 1) * points.width);
    const usable = weights && !Number.isNaN(weights[0]);
    return { axis: points.axis, index, key: points.key, label: points.labels[index], row: points.rows[index] ?? -1, weights: usable ? weights : undefined };
  }
  function setStep() {
    if (!chart.ready) return;
    if (patches && patched !== app.step) {
      patched = app.step;
      for (const [trace, change] of patches[app.step]) globalThis.Plotly.restyle(chart.gd, change, [trace]);
    }
    if (panel.reveal) chart.reveal(panel.reveal.axis, panel.reveal.edges[app.step]);
    const first = chart.plots[0];
    lay(cursor, panel.cursor && first ? { ...chart.box([panel.cursor[app.step], panel.cursor[app.step]], first.y), ...tall() } : null);
  }
  const tall = () => {
    const top = Math.min(...chart.plots.map((plot) => plot.top));
    return { top, height: Math.max(...chart.plots.map((plot) => plot.top + plot.height)) - top, width: 2 };
  };
  function setHover(hover) {
    if (!chart.ready || !points) return;
    const at = hover?.axis === points.axis ? panelPoint(hover.index) : null;
    const spot = at && chart.box([at[0], at[0]], [at[1], at[1]]);
    lay(ring, spot && { left: spot.left - 9, top: spot.top - 9, width: 18, height: 18 });
  }
  function panelPoint(index) {
    const trace = chart.gd._fullData[points.trace];
    return index < trace.x.length ? [trace.x[index], trace.y[index]] : null;
  }
  const csv = () => [["trace", "x", "y", "z"], ...(chart.gd._fullData ?? []).flatMap((trace, i) => rowsOf(trace).map((row) => [trace.name ?? i, ...row]))];
  return { body: chart.element, tools: [], start, setStep, setHover, setTheme: () => chart.redraw(), setMap: () => {}, chart, csv };
}

function rowsOf(trace) {
  if (trace.z) return Array.from(trace.z).flatMap((row, i) => Array.from(row, (value, j) => [trace.x?.[j] ?? j, trace.y?.[i] ?? i, value]));
  return Array.from(trace.x ?? [], (x, i) => [x, trace.y[i], ""]);
}
