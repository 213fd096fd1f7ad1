// What every panel is: a body, some tools, and answers to the player's four messages.

export class View {
  constructor(panel, app) {
    Object.assign(this, { panel, app, words: app.words, site: app.sites[panel.site], tools: [] });
  }
  /** Calls `work` whenever the node has another width, the first one included. */
  followWidth(node, work) {
    let before = 0;
    const watcher = new ResizeObserver(() => {
      if (node.clientWidth === before) return;
      before = node.clientWidth;
      work();
    });
    watcher.observe(node);
    this.app.signal.addEventListener("abort", () => watcher.disconnect());
  }
  /** Called once, when the body is in the page. */
  start() {
    this.setStep();
  }
  setStep() {}
  /** `hover`: {axis, index, side} or with the attention of a hypothesis {key, weights, row, label}; null for none. */
  setHover() {}
  setTheme() {}
  /** Another layer or head of a site is on show. */
  setMap() {}
  /** The panel's numbers as a table. */
  csv() {
    return siteTable(this.site, this.app.step);
  }
}

/** The rows on show as a table: first line the keys, first column the queries. */
function siteTable(site, step) {
  const [start, end] = site.visible(step);
  const lines = [["", ...site.keys]];
  for (let i = start; i < end; i++) lines.push([site.queries[i], ...Array.from(site.row(i), (v) => (Number.isNaN(v) ? "" : +v.toFixed(6)))]);
  return lines;
}
