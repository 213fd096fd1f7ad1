// Typing a number: any cell with a key opens on a click, on Enter or on a digit; what cannot be used is told beside it
// and the old value stays.
import { el, say } from "../dom.js";
import { MOST_CHANGES, exact, readNumber } from "./typed.js";

export class Editing {
  constructor(app) {
    Object.assign(this, { app, words: app.words });
    const { root, signal } = app;
    root.addEventListener("click", (event) => this.click(event), { signal });
    root.addEventListener("keydown", (event) => this.key(event), { signal });
    root.addEventListener("pointerover", (event) => this.over(event), { signal });
    root.addEventListener("pointerleave", () => app.tip.hide(), { signal });
    this.note = el("p", { class: "sa-refused", role: "alert", hidden: true });
  }
  get open() {
    return !!this.input;
  }
  click(event) {
    const cell = event.target.closest("[data-key]");
    if (cell && event.target.localName !== "input") this.begin(cell);
  }
  /** A cell becomes a field. first: the digit that was typed on it. */
  begin(cell, first = null) {
    if (this.cell === cell) return;
    this.finish();
    const { key } = cell.dataset;
    const value = this.app.valueOf(key);
    this.cell = cell;
    this.input = el("input", { class: "sa-input", type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-label": this.app.nameOf(key),
      onblur: () => this.finish(), onkeydown: (event) => this.typing(event) });
    this.input.value = first ?? (Number.isNaN(value) ? "" : exact(value));
    this.before = cell.textContent;
    cell.replaceChildren(this.input);
    cell.classList.add("sa-open");
    if (this.input.getBoundingClientRect().right > cell.parentElement.getBoundingClientRect().right) this.input.classList.add("sa-left"); // no scrolling to the right for it
    this.input.focus();
    if (first === null) this.input.select();
    this.app.tip.hide();
    this.tell("");
  }
  typing(event) {
    event.stopPropagation();
    if (event.key === "Enter") {
      event.preventDefault();
      this.finish({ stay: true });
    } else if (event.key === "Escape") this.close();
    else if (event.key === "Tab") {
      event.preventDefault();
      const { cell } = this;
      if (this.finish({ stay: true })) this.move(cell, event.shiftKey ? -1 : 1, true);
    }
  }
  /** Takes what was typed. stay: on a refusal the field stays open, so that it can be mended. Returns whether the field closed. */
  finish({ stay = false } = {}) {
    if (!this.input) return true;
    const { app, cell, words } = this;
    const { key } = cell.dataset;
    const old = app.valueOf(key);
    const text = this.input.value;
    if (text === (Number.isNaN(old) ? "" : exact(old))) return this.close(stay); // nothing was changed
    const { value, error } = readNumber(text, key.split(".")[0], old, words);
    const full = !error && !app.changed(key) && app.edits.size >= MOST_CHANGES;
    if (error || full) {
      this.tell(error ?? say(words.too_many_changes, { n: MOST_CHANGES }));
      if (!stay) return this.close();
      this.input.classList.add("sa-wrong");
      this.input.select();
      return false;
    }
    this.close(stay);
    app.edit(key, value);
    return true;
  }
  close(focus = true) {
    const { cell, input, before } = this;
    [this.cell, this.input] = [null, null]; // first: taking the field away blurs it
    if (!input) return true;
    cell.replaceChildren(before);
    cell.classList.remove("sa-open");
    if (focus && cell.isConnected) cell.focus({ preventScroll: true });
    return true;
  }
  tell(sentence) {
    this.note.textContent = sentence;
    this.note.hidden = !sentence;
  }
  key(event) {
    const cell = event.target.closest?.("[data-key]");
    if (!cell || event.target.localName === "input" || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (step) this.move(cell, step);
    else if (event.key === "Enter" || event.key === "F2") this.begin(cell);
    else if (event.key === "Delete" || event.key === "Backspace") this.app.edit(cell.dataset.key, null);
    else if (/^[-−+.\d∞]$/.test(event.key)) this.begin(cell, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  /** The next cell of the same grid gets the focus. */
  move(cell, step, open = false) {
    const cells = [...cell.closest(".sa-sheet, .sa-glance").querySelectorAll("[data-key]")].sort(boxOrder);
    const at = cells.indexOf(cell);
    const box = cell.getBoundingClientRect();
    const next = typeof step === "number" ? cells[at + step] : across(cells, box, step);
    if (!next) return;
    next.focus();
    if (open) this.begin(next);
  }
  over(event) {
    const cell = event.target.closest("[data-key]");
    if (!cell || this.open) return this.app.tip.hide();
    const { key } = cell.dataset;
    const lines = [`${this.app.nameOf(key)} = ${exact(this.app.valueOf(key))}`];
    if (this.app.changed(key)) lines.push(this.words.changed_note);
    this.app.tip.show(event, lines);
  }
}

function boxOrder(a, b) {
  const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
  return Math.abs(p.top - q.top) > 2 ? p.top - q.top : p.left - q.left;
}

/** The nearest cell in the line above or below. */
function across(cells, box, step) {
  const later = cells.filter((cell) => {
    const { top } = cell.getBoundingClientRect();
    return step === "down" ? top > box.top + 2 : top < box.top - 2;
  });
  const distance = (cell) => {
    const { top, left } = cell.getBoundingClientRect();
    return 100 * Math.abs(top - box.top) + Math.abs(left - box.left);
  };
  return later.sort((a, b) => distance(a) - distance(b))[0];
}
