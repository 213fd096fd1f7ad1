// Stepping through what a model generates: the same keys and buttons as the player's.
import { el, icon, say } from "../dom.js";

export class Stepper {
  constructor(app, labels) {
    Object.assign(this, { app, labels, playing: 0 });
    const { words } = app;
    const button = (name, work) => el("button", { type: "button", class: "vz-button", title: words[name], "aria-label": words[name], onclick: work }, icon(name));
    this.playButton = button("play", () => this.toggle());
    this.slider = el("input", { type: "range", min: 0, max: labels.length - 1, "aria-label": words.step, oninput: () => this.go(Number(this.slider.value)) });
    this.place = el("span", { class: "vz-place" });
    this.label = el("strong", { class: "vz-label", "aria-live": "polite" });
    this.element = el("div", { class: "vh-stepper" }, el("div", { class: "vz-controls" }, button("first", () => this.go(0)), button("back", () => this.go(this.step - 1)), this.playButton,
      button("forward", () => this.go(this.step + 1)), button("last", () => this.go(Infinity)), this.slider, el("div", { class: "vz-now-line" }, this.place, this.label)));
    this.show();
  }
  get step() {
    return this.app.view.step;
  }
  go(step) {
    const next = Math.min(Math.max(step, 0), this.labels.length - 1);
    if (next !== this.step) this.app.change({ step: next });
  }
  show() {
    this.slider.value = this.step;
    this.slider.setAttribute("aria-valuetext", this.labels[this.step]);
    this.place.textContent = say(this.app.words.step_of, { i: this.step + 1, n: this.labels.length });
    this.label.textContent = this.labels[this.step];
  }
  toggle() {
    if (this.playing) return this.pause();
    if (this.step === this.labels.length - 1) this.go(0);
    this.face("pause");
    this.playing = setInterval(() => (this.step === this.labels.length - 1 ? this.pause() : this.go(this.step + 1)), 600);
  }
  pause() {
    clearInterval(this.playing);
    this.playing = 0;
    this.face("play");
  }
  face(name) {
    this.playButton.replaceChildren(icon(name));
    this.playButton.title = this.app.words[name];
    this.playButton.setAttribute("aria-label", this.app.words[name]);
  }
  key(event) {
    const tag = event.target.localName;
    if (tag === "select" || tag === "input" || (event.key === " " && (tag === "button" || tag === "summary"))) return;
    const work = { ArrowRight: () => this.go(this.step + 1), ArrowLeft: () => this.go(this.step - 1), Home: () => this.go(0), End: () => this.go(Infinity), " ": () => this.toggle() }[event.key];
    if (!work) return;
    event.preventDefault();
    work();
  }
}
