// The Transformer's view: the network as a picture, the tensors of the open box, one step at a time. Stepping happens in
// the page; the server is asked only for a box that has not been sent yet, and told what is on show (`view`).
import { Tip, el, say } from "../dom.js";
import { readLook } from "../heads/look.js";
import { Stepper } from "../heads/stepper.js";
import { Mounted, mountIn } from "../mounted.js";
import { Picture } from "./network.js";
import { RankedView } from "./ranked.js";
import { TensorView } from "./tensor.js";
import { TensorData } from "./tensor_data.js";

const QUIET = 700; // ms without a change before the address is told

/** Draws a picture and its boxes (transformer_payload.py) into `root`. options: view {box, step}, send(view), standalone. */
export function mountTransformer(root, scene, boxes, options = {}) {
  return new TransformerView(root, scene, boxes, options);
}

class TransformerView extends Mounted {
  constructor(root, scene, boxes, options) {
    super(root, scene, options, "vt-root");
    Object.assign(this, { scene, sent: new Map(), views: [], boxTitle: "" });
    this.cursor = { position: 0, head: 0, key: 0, channel: 0 };
    this.view = { box: options.view?.box, step: Math.min(options.view?.step ?? 0, scene.steps.length - 1) };
    this.told = identity(this.view);
    this.read();
    for (const box of boxes) this.adopt(box);
    this.build();
  }
  get step() {
    return this.view.step;
  }
  get box() {
    return this.sent.get(this.view.box);
  }
  build() {
    const { root, scene } = this;
    this.tip = new Tip(root);
    this.picture = new Picture(this);
    this.stepper = new Stepper(this, scene.steps.map(({ label }) => label));
    this.panel = el("div", { class: "vt-open-box" });
    const theme = this.themeButton();
    root.replaceChildren(el("h3", { class: "vz-title" }, scene.title), this.stepper.element, el("div", { class: "vt-columns" }, this.picture.body, this.panel), this.tip.box);
    if (theme) this.stepper.element.querySelector(".vz-controls").append(theme);
    this.followKeys((event) => this.key(event));
    this.followWidth(this.panel, () => this.refit());
    this.show();
    root.dataset.ready = "true";
  }
  key(event) {
    const box = event.target.closest?.("[data-box]");
    if (box && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      return this.open(box.dataset.box);
    }
    if (box && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.open(this.picture.beside(this.view.box, event.key === "ArrowUp" ? 1 : -1));
      return this.picture.boxes.get(this.view.box).focus();
    }
    this.stepper.key(event);
  }

  /** A box that has come: its tensors, which know each other by name. */
  adopt(json) {
    const tensors = new Map();
    const box = { ...json, count: this.scene.steps.length, has: (name) => tensors.has(name), get: (name) => tensors.get(name) };
    for (const item of json.tensors) tensors.set(item.tensor, new TensorData(item, box, tensors));
    box.all = [...tensors.values()];
    this.sent.set(json.id, box);
  }
  /** Opens a box: at once when its tensors are here, otherwise the server is asked. */
  open(id) {
    if (id === this.view.box) return;
    this.view = { ...this.view, box: id };
    this.show();
    this.tell(this.sent.has(id) ? QUIET : 0);
  }
  /** A box was clicked in the picture; on a narrow page its tensors stand below and are brought into sight. */
  pick(id) {
    this.open(id);
    this.panel.scrollTop = 0;
    if (this.panel.offsetLeft === this.picture.body.offsetLeft) this.panel.scrollIntoView({ behavior: "smooth", block: "start" });
  }
  /** The stepper moved. */
  change(changes) {
    this.view = { ...this.view, ...changes };
    this.draw();
    this.tell(QUIET);
  }
  followCell(place) {
    Object.assign(this.cursor, place);
    this.draw();
  }
  tell(wait) {
    if (!this.options.send) return;
    clearTimeout(this.timer);
    const send = () => {
      this.timer = null;
      this.told = this.awaited = identity(this.view);
      this.options.send(this.view);
    };
    this.timer = setTimeout(send, wait);
  }
  /** The server ran again: tensors, and the view of an address that changed (the browser's Back button). */
  update(box, view) {
    if (box) this.adopt(box);
    if (identity(view) === this.awaited) this.awaited = null;
    else if (!this.timer && !this.awaited && identity(view) !== this.told) this.view = { ...view };
    else if (!box || box.id !== this.view.box) return;
    if (!this.timer) this.told = identity(this.view);
    this.show();
  }

  /** The open box anew. */
  show() {
    const { box, words, view } = this;
    this.picture.mark(view.box);
    this.views = [];
    if (!box) {
      this.panel.classList.add("vt-waiting");
      delete this.panel.dataset.open;
      this.panel.replaceChildren(el("p", { class: "vz-note", role: "status" }, this.options.send ? words.loading : words.missing));
      return this.draw();
    }
    this.boxTitle = box.title;
    this.panel.classList.remove("vt-waiting");
    this.views = box.all.flatMap((tensor) => this.viewsOf(tensor, box));
    this.panel.replaceChildren(el("h4", {}, box.title), el("p", { class: "vt-sentence" }, box.sentence),
      ...(box.encoder ? [el("p", { class: "vz-note" }, words.once)] : []), this.heads(box), el("p", { class: "vz-note" }, words.follow_cell), ...this.views.map((item) => item.node));
    this.panel.dataset.open = box.id;
    this.draw();
    this.refit();
  }
  /** Another width, other colours, or another box. */
  refit() {
    for (const view of this.views) view.refit(this.step);
  }
  viewsOf(tensor, box) {
    if (tensor.tensor === "log-probability") return []; // stands below the probabilities
    if (!tensor.ranks) return [new TensorView(tensor, this)];
    return [new RankedView(tensor, this, box.has("log-probability"))];
  }
  /** Which head the tensors of three dimensions show. */
  heads(box) {
    const count = Math.max(0, ...box.all.filter((tensor) => tensor.roles?.length === 3 && tensor.has("head")).map((tensor) => tensor.size("head")));
    this.headButtons = Array.from({ length: count }, (_, i) => el("button", { type: "button", onclick: () => this.followCell({ head: i }) }, String(i)));
    return count > 1 ? el("div", { class: "vt-heads" }, el("span", {}, this.words.head), ...this.headButtons) : "";
  }
  /** This step's numbers. */
  draw() {
    const { step } = this;
    this.fitCursor();
    this.stepper.show();
    this.picture.draw(step);
    this.headButtons?.forEach((button, i) => button.setAttribute("aria-pressed", String(i === this.cursor.head)));
    for (const view of this.views) view.draw(step);
  }
  /** A followed key that does not exist yet at an earlier step, or in another box: the last one there is. */
  fitCursor() {
    if (!this.box) return;
    for (const tensor of this.box.all) tensor.roles?.forEach((role, i) => {
      if (role === "channel") return;
      this.cursor[role] = Math.min(this.cursor[role], tensor.shape(this.step)[i] - 1);
    });
    const narrow = Math.min(...this.box.all.filter((tensor) => tensor.roles && tensor.has("channel") && tensor.size("channel") > 1).map((tensor) => tensor.size("channel")));
    if (Number.isFinite(narrow)) this.cursor.channel = Math.min(this.cursor.channel, Math.max(...this.box.all.map((tensor) => (tensor.roles ? tensor.size("channel") : 0))) - 1);
  }

  read() {
    const { scales } = this.scene;
    super.read();
    const signed = readLook(this.root, { scales: { light: scales.signed_light, dark: scales.signed_dark } });
    Object.assign(this.look, { signed: signed.colour, blank: this.look.dark ? [29, 34, 45] : [240, 242, 247], muted: "#9aa0ab", hot: this.look.dark ? "#ffa94d" : "#d9730d" });
  }
  recolour() {
    this.refit();
  }
}

const identity = ({ box, step }) => `${box} ${step}`;

/** Streamlit's entry point: called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  const send = (view) => setTriggerValue("view", view);
  const make = (root) => mountTransformer(root, data.scene, [data.box], { send, view: data.view });
  return mountIn(parentElement, data.scene.id, send, make, (view) => view.update(data.box, data.view));
}
