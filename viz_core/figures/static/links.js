// Keys above, queries below, a line as strong as its weight. Drawn by hand: thousands of lines, no library.
import { el, shorten, svg, textWidth, weightText } from "./dom.js";
import { siteTable } from "./heat.js";

const [HEIGHT, BOX, TOP, FAINTEST] = [236, 28, 24, 0.02];

export function linksPanel(panel, app) {
  const site = app.sites[panel.site];
  const { words } = app;
  const picture = svg("svg", { class: "vz-links", height: HEIGHT, role: "img", "aria-label": panel.title });
  const scroller = el("div", { class: "vz-scroll", tabindex: "-1" }, picture);
  const note = el("p", { class: "vz-note" }, words.follow);
  const body = el("div", {}, scroller, note);
  let keys = [];
  let queries = [];
  let groups = []; // one <g> of lines a row on show
  let strong = null; // lines of what is hovered
  let base = -1;
  let width = 0;

  function build() {
    base = site.visible(app.step)[0];
    const from = site.grows ? 0 : base;
    const labels = site.queries.slice(from, from + site.height);
    const font = `14px ${getComputedStyle(body).fontFamily}`;
    const sizes = [site.keys, labels].map((row) => row.map((label) => Math.max(textWidth(shorten(label), font) + 14, 26)));
    const natural = Math.max(...sizes.map((row) => row.reduce((sum, w) => sum + w + 6, 12)));
    width = Math.max(natural, scroller.clientWidth - 2);
    picture.setAttribute("width", width);
    picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const lines = svg("g", { class: "vz-lines" });
    strong = svg("g", { class: "vz-strong" });
    keys = tokens(site.keys, sizes[0], TOP, "key");
    queries = tokens(labels, sizes[1], HEIGHT - BOX - 4, "query");
    groups = labels.map((_, i) => svg("g", {}, ...rowLines(from + i, i)));
    lines.append(...groups);
    picture.replaceChildren(lines, strong, ...keys.map((t) => t.node), ...queries.map((t) => t.node));
  }
  function tokens(labels, sizes, y, side) {
    const total = sizes.reduce((sum, w) => sum + w, 0);
    const gap = Math.min((width - total - 12) / Math.max(sizes.length - 1, 1), 40);
    let x = (width - total - gap * (sizes.length - 1)) / 2;
    return labels.map((label, index) => {
      const box = svg("rect", { x, y, width: sizes[index], height: BOX, rx: 6 });
      const text = svg("text", { x: x + sizes[index] / 2, y: y + 19 }, shorten(label));
      const number = side === "key" ? svg("text", { class: "vz-number", x: x + sizes[index] / 2, y: y - 7 }) : null;
      const node = svg("g", { class: `vz-token vz-${side}`, tabindex: "-1", onpointermove: (event) => over(event, side, index), onpointerleave: () => app.leave(),
        onclick: () => click(side, index) }, box, text, number);
      const token = { node, box, text, label: shorten(label), number, x: x + sizes[index] / 2, width: sizes[index] };
      x += sizes[index] + gap;
      return token;
    });
  }
  function rowLines(row, index) {
    const lines = [];
    site.row(row).forEach((alpha, key) => alpha >= FAINTEST && lines.push(line(keys[key].x, queries[index].x, alpha)));
    return lines;
  }
  function line(x0, x1, alpha) {
    const [y0, y1] = [TOP + BOX, HEIGHT - BOX - 4];
    const bend = (y1 - y0) * 0.4;
    return svg("path", { d: `M${x0} ${y0}C${x0} ${y0 + bend} ${x1} ${y1 - bend} ${x1} ${y1}`, "stroke-width": 0.75 + 5 * alpha, "stroke-opacity": 0.1 + 0.9 * alpha });
  }

  function setStep() {
    if (!picture.isConnected) return;
    const [start, end] = site.visible(app.step);
    if (width === 0 || (!site.grows && start !== base)) build();
    const [first, last] = site.spans[app.step];
    const state = (row) => (row >= end ? "vz-later" : !site.grows || (row >= first && row < last) ? "vz-now" : "vz-past");
    groups.forEach((group, i) => {
      const name = state(i + (site.grows ? 0 : start));
      if (group.getAttribute("class") === name) return;
      group.setAttribute("class", name);
      queries[i].node.setAttribute("class", `vz-token vz-query ${site.grows ? name : "vz-past"}`);
    });
    const middle = site.grows && queries[last - 1];
    if (middle && width > scroller.clientWidth) {
      const outside = middle.x < scroller.scrollLeft + 40 || middle.x > scroller.scrollLeft + scroller.clientWidth - 40;
      if (outside) scroller.scrollLeft = middle.x - scroller.clientWidth / 2;
    }
    setHover(app.hover);
  }

  /** What is followed: weights over the keys (`rows` of one query), or over the queries (one key). */
  function followed(hover) {
    const [start, end] = site.visible(app.step);
    if (hover?.weights && hover.key === site.key) return { weights: hover.weights, query: site.grows ? hover.row : -1 };
    const mine = site.query === site.key ? hover?.side ?? "query" : hover?.axis === site.key ? "key" : "query";
    if (hover?.axis === site.query && mine === "query" && hover.index < end - start) return { weights: site.row(start + hover.index), query: hover.index };
    if (hover?.axis === site.key && mine === "key" && hover.index < site.width) return { key: hover.index };
    return null;
  }
  function setHover(hover) {
    if (width === 0) return;
    const found = followed(hover);
    const [start, end] = site.visible(app.step);
    picture.classList.toggle("vz-following", !!found);
    let weights = found?.weights;
    if (!found && site.grows) {
      const [first, last] = site.spans[app.step];
      if (last === first + 1) weights = site.row(first);
    }
    shade(keys, weights, found?.key ?? -1);
    const column = found && "key" in found ? Float32Array.from({ length: end - start }, (_, i) => site.row(start + i)[found.key]) : null;
    shade(queries, column, found?.query ?? -1);
    queries.forEach((token, i) => (token.text.textContent = found && i === found.query && hover.label ? hover.label : token.label));
    const lines = [];
    if (column) column.forEach((alpha, i) => alpha >= FAINTEST && lines.push(line(keys[found.key].x, queries[i].x, alpha)));
    else if (found && queries[found.query]) found.weights.forEach((alpha, key) => alpha >= FAINTEST && lines.push(line(keys[key].x, queries[found.query].x, alpha)));
    strong.replaceChildren(...lines);
  }
  function shade(row, weights, chosen) {
    row.forEach((token, i) => {
      const alpha = weights?.[i] || 0;
      token.box.style.setProperty("--alpha", alpha.toFixed(3));
      token.node.classList.toggle("vz-chosen", i === chosen);
      if (token.number) token.number.textContent = alpha >= 0.01 ? alpha.toFixed(2) : "";
    });
  }
  function over(event, side, index) {
    const [start, end] = site.visible(app.step);
    if (side === "query" && index >= end - start) return;
    app.follow({ axis: side === "key" ? site.key : site.query, index, side });
    const lines = [side === "key" ? site.keys[index] : site.queries[start + index]];
    lines.push(...strongest(side, index, start, end));
    app.tip.show(event, lines);
  }
  /** The three largest weights of a token, in words. */
  function strongest(side, index, start, end) {
    const pairs = side === "query"
      ? Array.from(site.row(start + index), (alpha, key) => [alpha, site.keys[key]])
      : Array.from({ length: end - start }, (_, i) => [site.row(start + i)[index], site.queries[start + i]]);
    if (side === "query" && pairs.every(([alpha]) => Number.isNaN(alpha))) return [words.masked];
    const best = pairs.filter(([alpha]) => alpha >= 0.005).sort((a, b) => b[0] - a[0]).slice(0, 3);
    return best.map(([alpha, label]) => `${side === "query" ? words.source : words.target} ${shorten(label, 30)}: ${weightText(alpha)}`);
  }
  function click(side, index) {
    const axis = side === "key" ? site.key : site.query;
    app.hold({ axis, index, side });
    app.ask({ kind: "token", panel: panel.title, site: site.site, axis, index });
  }
  const rebuild = () => ((width = 0), setStep());
  let wide = 0;
  const sized = new ResizeObserver(() => {
    if (scroller.clientWidth === wide) return;
    wide = scroller.clientWidth;
    rebuild();
  });
  sized.observe(scroller);
  app.signal.addEventListener("abort", () => sized.disconnect());
  return { body, tools: [], start: setStep, setStep, setHover, setTheme: () => {}, setMap: (changed) => changed === site && rebuild(), picture, csv: () => siteTable(site, app.step) };
}
