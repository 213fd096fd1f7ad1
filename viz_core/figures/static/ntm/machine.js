// The memory microscope: a machine along its tape, tick by tick. Stepping and pointing happen here; the server is asked only
// when the reader flips a bit of the tape (`flip`) or chooses a cell to overwrite (`cell`), and told the tick and head (`view`).
import { Tip, colourAt, el } from "../dom.js";
import { Stepper } from "../heads/stepper.js";
import { Mounted, mountIn } from "../mounted.js";
import { saveMenu } from "../save.js";
import { HistoryView } from "./history.js";
import { MemoryView } from "./memory.js";
import { decoded } from "./numbers.js";
import { StagesView } from "./stages.js";
import { StatesView } from "./states.js";
import { TapesView } from "./tapes.js";
import { VectorsView } from "./vectors.js";

const QUIET = 700; // ms without a change before the address is told

/** Draws a payload (ntm.py) into `root`. options: send(name, value), view, standalone. */
export async function mountMachine(root, payload, options = {}) {
  const machine = new Machine(root, payload, options, await decoded(payload));
  machine.begin();
  return machine;
}

class Machine extends Mounted {
  constructor(root, payload, options, data) {
    super(root, payload, options, "vh-root");
    Object.assign(this, { data, edits: payload.edits });
    const last = payload.steps.length - 1;
    const view = options.view ?? {};
    this.view = { step: Math.min(Math.max(view.step ?? payload.answer, 0), last), head: Math.min(Math.max(view.head ?? 0, 0), Math.max(data.heads.length - 1, 0)) };
    this.cells = data.memory ? data.memory.shape[1] : 0;
    this.read();
    this.tip = new Tip(root);
    this.views = [new TapesView(this), ...(data.heads.length ? [new HistoryView(this), new StagesView(this), new MemoryView(this), new VectorsView(this)] : []), new StatesView(this)];
    this.stepper = new Stepper(this, payload.steps);
  }
  /** Whether there is a server that can run the machine again. */
  get editable() {
    return Boolean(this.options.send && this.payload.editable);
  }
  /** The head whose addressing is on show. */
  get head() {
    return this.data.heads[this.view.head];
  }
  get step() {
    return this.view.step;
  }
  begin() {
    const { words, payload, root, views } = this;
    const panel = (view) => el("section", { class: `vz-panel${view.wide ? " vz-wide" : ""}` },
      el("header", {}, el("h4", {}, view.title), el("div", { class: "vz-tools" }, saveMenu({ title: `${payload.title} ${view.title}` }, view, this))), view.note ? el("p", { class: "vz-note" }, view.note) : null, view.body);
    root.replaceChildren(el("h3", { class: "vz-title" }, payload.title, " ", this.themeButton()), this.stepper.element, el("p", { class: "vz-note vz-hint" }, words.hint),
      el("div", { class: "vz-panels vn-panels" }, ...views.map(panel)), this.tip.box);
    this.followKeys((event) => this.stepper.key(event));
    this.followWidth(root, () => this.build(), root.clientWidth);
    this.build();
    root.dataset.ready = "true";
  }
  build() {
    if (this.root.clientWidth) for (const view of this.views) view.build();
  }
  /** Another tick or head; the address hears of it once the reader rests. */
  change(changes) {
    const before = this.view;
    this.view = { ...before, ...changes };
    if (changes.head !== undefined && changes.head !== before.head) this.build();
    this.stepper.show();
    for (const view of this.views) view.setStep();
    this.tell();
  }
  tell() {
    if (!this.options.send) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => ((this.timer = null), this.options.send("view", this.view)), QUIET);
  }
  /** A cell was pointed at; null: none. */
  point(cell) {
    if (cell === this.pointed) return;
    this.pointed = cell;
    for (const view of this.views) view.point(cell);
  }
  /** The weight of a head on a cell at the tick on show. */
  weight(head, cell) {
    return head.stages.at(-1).values[this.step * this.cells + cell];
  }
  /** Colour of a weight by its square root: absolute, and a head that looks everywhere alike is tinted, not empty. */
  root2(weight) {
    return this.look.colour(Math.sqrt(weight));
  }
  /** Colour of a number in −1 … 1. */
  signed(value) {
    return this.signs[Math.round(Math.min(Math.max(value, -1), 1) * 127) + 127];
  }

  read() {
    super.read();
    const scale = this.payload.scales[this.look.dark ? "signed_dark" : "signed_light"];
    this.signs = Array.from({ length: 255 }, (_, i) => colourAt(scale, i / 254));
  }
  recolour() {
    this.build();
  }
}

/** Streamlit's entry point: called at first and whenever data or theme change. */
export default function streamlit({ parentElement, data, setTriggerValue }) {
  return mountIn(parentElement, `${data.scene.id} ${data.language}`, setTriggerValue, (root, before) => {
    const stays = before?.payload.steps.length === data.scene.steps.length; // the reader stays at his tick when a bit or a cell changed
    return mountMachine(root, data.scene, { send: setTriggerValue, view: stays ? before.view : data.view });
  });
}
