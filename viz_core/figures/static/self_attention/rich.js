// Symbols inside a sentence: W^Q, d_k and their like with raised and lowered letters, as nodes.
import { el } from "../dom.js";

const SYMBOL = /((?:W|b)\^[QKVO]|(?:W|d)_[qk]|10\^\S+)/;

/** A sentence as a list of nodes. */
export function rich(text) {
  return text.split(SYMBOL).map((part, i) => {
    if (i % 2 === 0) return part;
    const [letter, index] = part.split(/[_^]/);
    return el("i", { class: "sa-symbol" }, letter, el(part.includes("^") ? "sup" : "sub", {}, index));
  });
}
