// The attention matrix: Plotly draws it once, a clip uncovers it row by row.
import { Chart, lay, themed, typeset } from "./chart.js";
import { el, say, weightText } from "./dom.js";

export function heatPanel(panel, app) {
  const site = app.sites[panel.site];
  const { words } = app;
  let relative = false;
  let drawn = -1; // first row on show, where each step has a map of its own
  const now = el("div", { class: "vz-band vz-band-now" });
  const row = el("div", { class: "vz-band vz-band-hover" });
  const column = el("div", { class: "vz-band vz-band-hover" });
  const lent = el("canvas", { class: "vz-lent", hidden: true }); // attention of a hypothesis, laid over the row of its step

  function cells() {
    const [start] = site.visible(app.step);
    const from = site.grows ? 0 : start;
    drawn = from;
    return Array.from({ length: site.height }, (_, i) => {
      const values = site.row(from + i);
      if (!relative) return values;
      const top = values.reduce((most, value) => Math.max(most, value || 0), 0) || 1;
      return values.map((value) => value / top);
    });
  }
  function draw() {
    const figure = themed(panel.figure, app.theme);
    const z = cells();
    const colourbar = { ...figure.data[0].colorbar, title: { text: relative ? words.weight_row : words.weight, side: "right", font: { size: 12 } } };
    Object.assign(figure.data[0], { z, colorscale: app.theme.weights, colorbar: colourbar, hoverinfo: "none" });
    figure.data = [figure.data[0], ...hatch(z)];
    Object.assign(figure.layout, { hovermode: false, dragmode: false, showlegend: figure.data.length > 1 });
    typeset(figure.layout, app.theme);
    figure.layout.margin = { l: 20, r: 10, t: 20, b: 24 };
    return figure;
  }
  function hatch(z) {
    const runs = [];
    z.forEach((values, i) => {
      for (let j = 0; j < values.length; j++) {
        if (!Number.isNaN(values[j])) continue;
        const start = j;
        while (j < values.length && Number.isNaN(values[j])) j++;
        runs.push([i, start, j - start]);
      }
    });
    if (!runs.length) return [];
    const pattern = { shape: "/", size: 6, solidity: 0.2, fgcolor: app.theme.muted, bgcolor: "rgba(0,0,0,0)" };
    return [{
      type: "bar", orientation: "h", y: runs.map((r) => r[0]), x: runs.map((r) => r[2]), base: runs.map((r) => r[1] - 0.5),
      width: 1, name: words.masked, hoverinfo: "skip", marker: { color: "rgba(0,0,0,0)", line: { width: 0 }, pattern },
    }];
  }

  const chart = new Chart(draw, () => (setStep(), setHover(app.hover)));
  chart.signal = app.signal;
  chart.overlay.append(now, column, row, lent);

  function setStep() {
    if (!chart.ready) return;
    const [start, end] = site.visible(app.step);
    if (!site.grows && start !== drawn) return void chart.redraw();
    chart.reveal("y", site.grows ? end - 0.5 : site.height);
    const [first, last] = site.spans[app.step];
    lay(now, site.grows && last > first ? chart.box(whole(), [first - 0.5, last - 0.5]) : null);
  }
  const whole = () => [-0.5, site.width - 0.5];
  function setHover(hover) {
    if (!chart.ready) return;
    const [start, end] = site.visible(app.step);
    const asRow = hover && hover.axis === site.query && !(site.query === site.key && hover.side === "key");
    const asColumn = hover && hover.axis === site.key && !(asRow && site.query === site.key && hover.side !== "both");
    const i = asRow ? hover.index : hover?.cell?.site === site ? hover.cell.query : -1;
    const j = asColumn ? hover.index : hover?.cell?.site === site ? hover.cell.key : -1;
    lay(row, i >= 0 && i < end - start ? chart.box(whole(), [i - 0.5, i + 0.5]) : null);
    lay(column, j >= 0 && end > start ? chart.box([j - 0.5, j + 0.5], [-0.5, end - start - 0.5]) : null);
    lend(hover);
  }
  function lend(hover) {
    const at = hover?.weights && hover.key === site.key && site.grows ? hover.row : -1;
    lay(lent, at >= 0 && at < site.height ? chart.box(whole(), [at - 0.5, at + 0.5]) : null);
    if (lent.hidden) return;
    lent.width = site.width;
    lent.height = 1;
    const image = new ImageData(site.width, 1);
    hover.weights.forEach((value, j) => image.data.set([...app.theme.colour(value || 0), 255], 4 * j));
    lent.getContext("2d").putImageData(image, 0, 0);
  }
  function cellAt(event) {
    const at = chart.ready && chart.at(event);
    if (!at) return null;
    const [start, end] = site.visible(app.step);
    const [query, key] = [Math.round(at.y), Math.round(at.x)];
    if (query < 0 || query >= end - start || key < 0 || key >= site.width) return null;
    return { query, key, row: start + query, value: site.row(start + query)[key] };
  }
  chart.element.addEventListener("pointermove", (event) => {
    const cell = cellAt(event);
    if (!cell) return app.leave();
    const { query, key } = cell;
    app.follow({ axis: site.query, index: query, side: "query", cell: { site, query, key } });
    const alpha = Number.isNaN(cell.value) ? words.masked : `α = ${weightText(cell.value)}`;
    app.tip.show(event, [`${site.queries[cell.row]} → ${site.keys[key]}`, alpha]);
  });
  chart.element.addEventListener("pointerleave", () => app.leave());
  chart.onclick((event) => {
    const cell = cellAt(event);
    if (cell) app.ask({ kind: "cell", panel: panel.title, site: site.site, row: cell.row, col: cell.key, ...site.maps[site.shown] });
  });

  const scale = el("select", { "aria-label": words.colours, onchange: (event) => ((relative = event.target.value === "row"), chart.redraw()) },
    el("option", { value: "absolute" }, words.absolute), el("option", { value: "row" }, words.row_max));
  return {
    body: chart.element, tools: [scale], start: () => chart.start(), setStep, setHover, setTheme: () => chart.redraw(),
    setMap: (changed) => changed === site && chart.redraw(), chart,
    csv: () => siteTable(site, app.step),
    label: () => say("{a} {b}", { a: site.site, b: site.maps[site.shown].name }),
  };
}

/** The rows on show as a table: first line the keys, first column the queries. */
export function siteTable(site, step) {
  const [start, end] = site.visible(step);
  const lines = [["", ...site.keys]];
  for (let i = start; i < end; i++) lines.push([site.queries[i], ...Array.from(site.row(i), (v) => (Number.isNaN(v) ? "" : +v.toFixed(6)))]);
  return lines;
}
