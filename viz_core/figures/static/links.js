// Keys above, queries below, a line as strong as its weight. Drawn by hand: thousands of lines, no library.
import { el, shorten, svg, textWidth, weightText, write } from "./dom.js";
import { View } from "./view.js";

const [HEIGHT, BOX, TOP, FAINTEST] = [236, 28, 24, 0.02];

export class LinksView extends View {
  constructor(panel, app) {
    super(panel, app);
    this.picture = svg("svg", { class: "vz-links", height: HEIGHT, role: "img", "aria-label": panel.title });
    this.scroller = el("div", { class: "vz-scroll", tabindex: "-1" }, this.picture);
    this.body = el("div", {}, this.scroller, el("p", { class: "vz-note" }, this.words.follow));
    Object.assign(this, { keys: [], queries: [], groups: [], base: -1, width: 0 }); // groups: one <g> of lines a row
    this.strong = svg("g", { class: "vz-strong" }); // lines of what is followed
    this.left = 0; // how far it is scrolled; kept here, since asking the page would make it lay itself out
    this.scroller.addEventListener("scroll", () => (this.left = this.scroller.scrollLeft), { passive: true });
    this.followWidth(this.scroller, () => this.rebuild());
  }
  start() {} // drawn as soon as its width is known
  rebuild() {
    this.width = 0;
    this.setStep();
  }
  setMap(changed) {
    if (changed === this.site) this.rebuild();
  }

  build() {
    const { site, picture } = this;
    this.base = site.visible(this.app.step)[0];
    const from = site.grows ? 0 : this.base;
    const labels = site.queries.slice(from, from + site.height);
    const font = `14px ${getComputedStyle(this.body).fontFamily}`;
    const sizes = [site.keys, labels].map((row) => row.map((label) => Math.max(textWidth(shorten(label), font) + 14, 26)));
    const natural = Math.max(...sizes.map((row) => row.reduce((sum, w) => sum + w + 6, 12)));
    this.visible = this.scroller.clientWidth;
    this.width = Math.max(natural, this.visible - 2);
    picture.setAttribute("width", this.width);
    picture.setAttribute("viewBox", `0 0 ${this.width} ${HEIGHT}`);
    this.keys = this.tokens(site.keys, sizes[0], TOP, "key");
    this.queries = this.tokens(labels, sizes[1], HEIGHT - BOX - 4, "query");
    this.groups = labels.map((_, i) => svg("g", {}, ...this.rowLines(site.row(from + i), i)));
    picture.replaceChildren(svg("g", { class: "vz-lines" }, ...this.groups), this.strong, ...[...this.keys, ...this.queries].map((t) => t.node));
  }
  tokens(labels, sizes, y, side) {
    const total = sizes.reduce((sum, w) => sum + w, 0);
    const gap = Math.min((this.width - total - 12) / Math.max(sizes.length - 1, 1), 40);
    let x = (this.width - total - gap * (sizes.length - 1)) / 2;
    return labels.map((label, index) => {
      const token = this.token(shorten(label), x, y, sizes[index], side, index);
      x += sizes[index] + gap;
      return token;
    });
  }
  token(label, left, y, width, side, index) {
    const x = left + width / 2;
    const box = svg("rect", { x: left, y, width, height: BOX, rx: 6 });
    const text = svg("text", { x, y: y + 19 }, label);
    const number = side === "key" ? svg("text", { class: "vz-number", x, y: y - 7 }) : null;
    const listeners = { onpointermove: (event) => this.over(event, side, index), onpointerleave: () => this.app.leave(), onclick: () => this.click(side, index) };
    return { node: svg("g", { class: `vz-token vz-${side}`, ...listeners }, box, text, number), box, text, label, number, x };
  }
  /** Lines of one query; weights too faint to be seen have none. */
  rowLines(weights, query) {
    const lines = [];
    weights.forEach((alpha, key) => alpha >= FAINTEST && lines.push(this.line(key, query, alpha)));
    return lines;
  }
  line(key, query, alpha) {
    const [x0, x1, y0, y1] = [this.keys[key].x, this.queries[query].x, TOP + BOX, HEIGHT - BOX - 4];
    const bend = (y1 - y0) * 0.4;
    return svg("path", { d: `M${x0} ${y0}C${x0} ${y0 + bend} ${x1} ${y1 - bend} ${x1} ${y1}`, "stroke-width": 0.75 + 5 * alpha, "stroke-opacity": 0.1 + 0.9 * alpha });
  }

  setStep() {
    const { site, app } = this;
    if (!this.picture.isConnected) return;
    const [start, end] = site.visible(app.step);
    if (this.width === 0 || (!site.grows && start !== this.base)) this.build();
    const [first, last] = site.spans[app.step];
    this.groups.forEach((group, i) => {
      const age = !site.grows ? "now" : i >= end ? "later" : i >= first && i < last ? "now" : "past";
      if (group.getAttribute("class") === `vz-${age}`) return;
      group.setAttribute("class", `vz-${age}`);
      this.queries[i].node.setAttribute("class", `vz-token vz-query ${site.grows ? `vz-${age}` : ""}`);
    });
    if (site.grows) this.bringIntoView(this.queries[last - 1]);
    this.setHover(app.hover);
  }
  bringIntoView(token) {
    const { left, visible } = this;
    const seen = !token || this.width <= visible || (token.x > left + 40 && token.x < left + visible - 40);
    if (!seen) this.scroller.scrollLeft = token.x - visible / 2;
  }

  setHover(hover) {
    if (this.width === 0) return;
    const followed = this.followed(hover);
    this.picture.classList.toggle("vz-following", !!followed);
    const { keyWeights, queryWeights, key = -1, query = -1 } = followed ?? { keyWeights: this.rowOfStep() };
    this.shade(this.keys, keyWeights, key);
    this.shade(this.queries, queryWeights, query);
    this.queries.forEach((token, i) => write(token.text, followed?.label && i === query ? shorten(followed.label) : token.label));
    const lines = [];
    if (followed && queryWeights) queryWeights.forEach((alpha, i) => alpha >= FAINTEST && lines.push(this.line(key, i, alpha)));
    else if (followed && this.queries[query]) lines.push(...this.rowLines(keyWeights, query));
    this.strong.replaceChildren(...lines);
  }
  /** What is followed: one query with its weights over the keys, or one key with its weights in the rows so far. */
  followed(hover) {
    const { site } = this;
    const [start, end] = site.visible(this.app.step);
    if (!hover) return null;
    if (hover.weights && hover.key === site.key) return { keyWeights: hover.weights, query: site.grows ? hover.row : -1, label: hover.label };
    const isKey = hover.axis === site.key && (site.key !== site.query || hover.side === "key");
    if (isKey && hover.index < site.width) {
      return { queryWeights: Float32Array.from({ length: end - start }, (_, i) => site.row(start + i)[hover.index]), key: hover.index };
    }
    if (hover.axis === site.query && !isKey && hover.index < end - start) return { keyWeights: site.row(start + hover.index), query: hover.index };
    return null;
  }
  rowOfStep() {
    const [first, last] = this.site.spans[this.app.step];
    return this.site.grows && last === first + 1 ? this.site.row(first) : undefined;
  }
  shade(row, weights, chosen) {
    row.forEach((token, i) => {
      const alpha = weights?.[i] || 0;
      token.box.style.setProperty("--alpha", alpha.toFixed(3));
      token.node.classList.toggle("vz-chosen", i === chosen);
      if (token.number) write(token.number, alpha >= 0.01 ? alpha.toFixed(2) : "");
    });
  }

  over(event, side, index) {
    const { site, app } = this;
    const [start, end] = site.visible(app.step);
    if (side === "query" && index >= end - start) return;
    app.follow({ axis: side === "key" ? site.key : site.query, index, side });
    app.tip.show(event, [side === "key" ? site.keys[index] : site.queries[start + index], ...this.strongest(side, index, start, end)]);
  }
  /** The three largest weights of a token, in words. */
  strongest(side, index, start, end) {
    const { site, words } = this;
    const pairs = side === "query"
      ? Array.from(site.row(start + index), (alpha, key) => [alpha, site.keys[key]])
      : Array.from({ length: end - start }, (_, i) => [site.row(start + i)[index], site.queries[start + i]]);
    if (side === "query" && pairs.every(([alpha]) => Number.isNaN(alpha))) return [words.masked];
    const best = pairs.filter(([alpha]) => alpha >= 0.005).sort((a, b) => b[0] - a[0]).slice(0, 3);
    return best.map(([alpha, label]) => `${side === "query" ? words.source : words.target} ${shorten(label, 30)}: ${weightText(alpha)}`);
  }
  click(side, index) {
    const { site, app } = this;
    const axis = side === "key" ? site.key : site.query;
    app.hold({ axis, index, side });
    app.ask({ kind: "token", panel: this.panel.title, site: site.site, axis, index });
  }
}
