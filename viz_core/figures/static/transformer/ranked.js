// The best of the vocabulary at a step: logits, or what softmax makes of them.
import { el, say } from "../dom.js";
import { mathNode } from "../formula.js";
import { saveMenu } from "../save.js";
import { compact, number } from "./tensor_data.js";

export class RankedView {
  /** soft: bars are probabilities, with the sum they are divided by. */
  constructor(tensor, app, soft) {
    Object.assign(this, { tensor, app, soft, panel: { title: `${app.boxTitle} ${tensor.name}` } });
    this.body = el("div", { class: "vt-ranked" });
    this.note = el("div", { class: "vt-worked" });
    const title = soft ? app.words.p : tensor.name;
    const equation = soft ? null : mathNode(tensor.equation, tensor.equation_latex);
    this.node = el("section", { class: "vt-tensor", "data-tensor": soft ? "probabilities" : tensor.tensor },
      el("header", {}, el("b", {}, title), soft ? null : mathNode(tensor.symbol, tensor.latex), el("span", { class: "vt-shape" }, say(app.words.vocabulary, { n: tensor.sizes.at(-1) })), saveMenu(this.panel, this, app)),
      equation ? el("div", { class: "vt-equation", title: tensor.source }, equation) : null, this.body, this.note);
  }
  refit(step) {
    this.draw(step);
  }
  draw(step) {
    const { tensor, soft, app } = this;
    const rank = tensor.ranks[step];
    const chosen = Math.max(rank.chosen, 0);
    const share = (logit) => Math.exp(logit - rank.total);
    const [low, high] = [Math.min(rank.mean, ...rank.logits), Math.max(...rank.logits)];
    this.body.replaceChildren(...rank.labels.map((label, i) => {
      const logit = rank.logits[i];
      const length = soft ? share(logit) : (logit - low) / (high - low || 1);
      return el("div", { class: `vt-rank${i === rank.chosen ? " vt-chosen" : ""}` }, el("span", {}, label), el("i", {}, el("u", { style: `width:${(100 * length).toFixed(2)}%` })), el("b", {}, number(soft ? share(logit) : logit, soft ? 4 : 3)));
    }));
    this.note.textContent = soft
      ? `e^${number(rank.logits[chosen], 3)} / Σ e^l = e^(${number(rank.logits[chosen], 3)} − ${number(rank.total, 3)}) = ${compact(share(rank.logits[chosen]))}; ln p = ${number(rank.logits[chosen] - rank.total)}`
      : say(app.words.logits_of, { n: tensor.sizes.at(-1), low: number(rank.low, 2), high: number(rank.high, 2), mean: number(rank.mean, 2) });
  }
  csv() {
    const rank = this.tensor.ranks[this.app.step];
    return [["token", "logit", "probability"], ...rank.labels.map((label, i) => [label, rank.logits[i], Math.exp(rank.logits[i] - rank.total)])];
  }
}
