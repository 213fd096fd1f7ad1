// What every view that fills a component or an offline page shares: the page's colours, listeners that end with the view,
// the switch between light and dark, and how Streamlit calls it.
import { el, icon } from "./dom.js";
import { readLook } from "./heads/look.js";

export class Mounted {
  /** payload: with `words` and `scales`; options: send(…) to the server, standalone (an offline page); style: class of the root. */
  constructor(root, payload, options, style, label = payload.words.view) {
    Object.assign(this, { root, payload, options, words: payload.words, stopper: new AbortController() });
    this.signal = this.stopper.signal;
    root.classList.add("vz-player", style);
    root.tabIndex = -1;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", label);
    if (options.standalone) matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.setTheme(), { signal: this.signal });
  }
  /** Keys that belong to this view: pressed in it, or nowhere in particular while it is in sight. */
  followKeys(work) {
    document.addEventListener("keydown", (event) => {
      const { target } = event;
      const free = (target === document.body || target === document.documentElement) && this.inView();
      if ((free || this.root.contains(target)) && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey) work(event);
    }, { signal: this.signal });
  }
  inView() {
    const { top, bottom } = this.root.getBoundingClientRect();
    return this.root.isConnected && bottom > 0 && top < innerHeight;
  }
  /** Calls `work` whenever the node has another width than `before`. */
  followWidth(node, work, before = 0) {
    const watcher = new ResizeObserver(() => {
      if (node.clientWidth === before || !node.clientWidth) return;
      before = node.clientWidth;
      work();
    });
    watcher.observe(node);
    this.signal.addEventListener("abort", () => watcher.disconnect());
  }

  /** Reads the page's colours. */
  read() {
    this.look = readLook(this.root, this.payload);
    this.theme = this.look; // the save menu asks for its paper
    this.root.classList.toggle("vz-dark", this.look.dark);
  }
  /** The page may have other colours now; `recolour` draws in them. */
  setTheme() {
    const before = this.look.ink + this.look.paper;
    this.read();
    if (this.look.ink + this.look.paper !== before && this.root.dataset.ready) this.recolour();
  }
  switchTheme() {
    document.documentElement.dataset.theme = this.look.dark ? "light" : "dark";
    this.setTheme();
  }
  /** Light or dark, where no page around the view decides it. */
  themeButton() {
    const { theme } = this.words;
    return this.options.standalone ? el("button", { type: "button", class: "vz-button", title: theme, "aria-label": theme, onclick: () => this.switchTheme() }, icon("theme")) : null;
  }
  destroy() {
    this.stepper?.pause();
    clearTimeout(this.timer);
    this.stopper.abort();
    this.root.replaceChildren();
    delete this.root.dataset.ready;
  }
}

/**
 * What a component's entry point does whenever Streamlit calls it. The view that is there goes on when it shows the `same`
 * (`again(view)`); otherwise it makes room for what `make(root, before)` gives. Both may take their time: they never overlap.
 */
export function mountIn(host, same, send, make, again = () => {}) {
  const old = host.vizView;
  if (old?.same === same) {
    old.ready.then((view) => {
      view.options.send = send;
      view.setTheme();
      again(view);
    });
  } else {
    const root = host.querySelector(":scope > .vz-root") ?? host.appendChild(el("div", { class: "vz-root" }));
    const before = Promise.resolve(old?.ready).catch(() => undefined); // one that failed is no hindrance
    const ready = before.then((view) => {
      view?.destroy();
      return make(root, view);
    });
    host.vizView = { same, ready };
  }
  return () => {
    host.vizView = { same: null, ready: host.vizView.ready.then((view) => void view?.destroy()) };
  };
}
