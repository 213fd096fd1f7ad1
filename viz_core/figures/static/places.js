// The current row drawn where its keys are: patches over their image, points in the plane.
import { el, say, shorten, svg, weightText } from "./dom.js";
import { siteTable } from "./heat.js";

const SIZE = 360;

export function placesPanel(panel, app) {
  const site = app.sites[panel.site];
  const { words } = app;
  const loose = el("div", { class: "vz-chips" }); // positions without a place: class token, END
  const picture = svg("svg", { class: "vz-places", role: "img", "aria-label": panel.title });
  const marks = panel.positions === "patch" ? patches() : points();
  const placed = new Map(marks.map((mark) => [mark.index, mark]));
  const chips = site.keys.map((label, index) => (placed.has(index) ? null : chip(label, index)));
  loose.append(...chips.filter(Boolean));
  const related = !site.grows && site.query === site.key; // self-attention: a place is pointed at to see where it looks
  let held = -1; // the query on show then

  function patches() {
    const { rows, cols } = panel.geometry;
    const prefix = site.keys.length - rows * cols; // class token and registers stand before the patches
    const [w, h] = [SIZE / Math.max(cols, rows), SIZE / Math.max(cols, rows)];
    picture.setAttribute("viewBox", `0 0 ${cols * w} ${rows * h}`);
    if (panel.image) picture.append(svg("image", { href: panel.image, width: cols * w, height: rows * h, preserveAspectRatio: "none" }));
    return Array.from({ length: rows * cols }, (_, i) => {
      const shape = svg("rect", { x: (i % cols) * w, y: Math.floor(i / cols) * h, width: w, height: h, class: "vz-patch" });
      return mark(shape, prefix + i);
    });
  }
  function points() {
    const { x, y } = panel.geometry;
    const known = site.keys.map((_, i) => i).filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]));
    const range = (values) => [Math.min(...values), Math.max(...values)];
    const [[x0, x1], [y0, y1]] = [range(known.map((i) => x[i])), range(known.map((i) => y[i]))];
    const [sx, sy] = [x1 - x0 || 1, y1 - y0 || 1];
    picture.setAttribute("viewBox", `-16 -16 ${SIZE + 32} ${SIZE + 32}`);
    picture.append(svg("polyline", { class: "vz-path" }));
    return known.map((i) => mark(svg("circle", { cx: ((x[i] - x0) / sx) * SIZE, cy: SIZE - ((y[i] - y0) / sy) * SIZE, r: 5, class: "vz-point" }), i));
  }
  function mark(shape, index) {
    shape.addEventListener("pointermove", (event) => over(event, index));
    shape.addEventListener("pointerleave", () => app.leave());
    shape.addEventListener("click", () => click(index));
    picture.append(shape);
    return { shape, index };
  }
  function chip(label, index) {
    return el("button", { type: "button", class: "vz-chip", onpointermove: (event) => over(event, index), onpointerleave: () => app.leave(), onclick: () => click(index) }, shorten(label));
  }
  function click(index) {
    if (related) held = held === index ? -1 : index;
    app.ask({ kind: "token", panel: panel.title, site: site.site, axis: site.key, index });
    setHover(app.hover);
  }
  function over(event, index) {
    const values = weights(null); // of the row on show before this hover
    app.follow({ axis: site.key, index, side: related ? "query" : "key" });
    const label = site.keys[index].trim() || words.blank;
    const alpha = values && (Number.isNaN(values[index]) ? words.masked : `α = ${weightText(values[index])}`);
    app.tip.show(event, related ? [label, say(words.looks, { label })] : [label, ...(alpha ? [alpha] : [])]);
  }
  /** The row on show: of the hovered query, else of the current step, else of the query held here. */
  function weights(hover) {
    const [start, end] = site.visible(app.step);
    if (end === start) return null;
    if (hover?.weights && hover.key === site.key) return hover.weights;
    const asQuery = hover && hover.axis === site.query && hover.index < end - start && (site.query !== site.key || hover.side === "query");
    if (asQuery) return site.row(start + hover.index);
    if (!site.grows) return site.row(start + Math.max(held, 0));
    const [first, last] = site.spans[app.step];
    return last > first ? site.row(last - 1) : null;
  }
  function setHover(hover) {
    const values = weights(hover);
    const column = hover && hover.axis === site.key ? hover.index : -1;
    const top = values ? values.reduce((most, value) => Math.max(most, value || 0), 0) : 0;
    for (const { shape, index } of marks) {
      const alpha = values?.[index] || 0;
      // Patches are many, each small in weight: opacity is relative to the row's largest, which the legend names.
      shape.style.setProperty("--alpha", (panel.positions === "patch" && top ? alpha / top : alpha).toFixed(3));
      if (panel.positions !== "patch") shape.setAttribute("r", 4 + 12 * Math.sqrt(alpha));
      shape.classList.toggle("vz-chosen", index === column || (!site.grows && index === held));
    }
    chips.forEach((node, index) => node?.style.setProperty("--alpha", (values?.[index] || 0).toFixed(3)));
    const whose = related ? say(words.looks_from, { label: site.keys[hover?.axis === site.query ? hover.index : Math.max(held, 0)] }) : "";
    legend.textContent = `${whose} ${panel.positions === "patch" && top ? `${words.weight}: 0 … ${weightText(top)}.` : ""} ${related ? words.point_at : ""}`;
    trail();
  }
  /** The points with the largest weight so far, in order: the answer of a pointer network. */
  function trail() {
    const line = picture.querySelector(".vz-path");
    if (!line || !site.grows) return;
    const chosen = [];
    for (let row = 0; row < site.visible(app.step)[1]; row++) {
      const values = site.row(row);
      const best = values.reduce((top, value, i) => (value > (values[top] || 0) ? i : top), 0);
      const spot = placed.get(best)?.shape;
      if (spot) chosen.push(`${spot.getAttribute("cx")},${spot.getAttribute("cy")}`);
    }
    line.setAttribute("points", chosen.join(" "));
  }
  const legend = el("p", { class: "vz-note" });
  const setStep = () => setHover(app.hover);
  return { body: el("div", {}, picture, loose, legend), tools: [], start: setStep, setStep, setHover, setTheme: setStep, setMap: (changed) => changed === site && setStep(), picture, csv: () => siteTable(site, app.step) };
}
