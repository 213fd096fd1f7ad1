// The name of one number: "q.0.1.5" is number 5 of word 1 in head 0. Words are counted as written, so that a changed
// number stays with its word when the words change places.
import { say } from "../dom.js";
import { SHARED } from "./arithmetic.js";

const PAIRS = new Set(["e", "s", "m", "a"]);
const WORD_ROWS = new Set(["x", "q", "k", "v", "z", "c", "o"]);

/** The key of the number at row r, column c; order: word at each position. */
export function keyAt({ name, head = 0 }, r, c, order) {
  const count = order.length;
  const indices = name === "p" ? [order[Math.floor(r / count)], order[r % count], c] : [PAIRS.has(name) || WORD_ROWS.has(name) ? order[r] : r, PAIRS.has(name) ? order[c] : c];
  return [name, ...(SHARED.has(name) ? [] : [head]), ...indices].join(".");
}

/** [name, head, row, column] of a key, at the positions of an order. */
export function placeOf(key, order) {
  const [name, ...rest] = key.split(".");
  const head = SHARED.has(name) ? 0 : Number(rest.shift());
  const [a, b, c] = rest.map(Number);
  const at = (word) => order.indexOf(word);
  if (name === "p") return [name, head, at(a) * order.length + at(b), c];
  return [name, head, PAIRS.has(name) || WORD_ROWS.has(name) ? at(a) : a, PAIRS.has(name) ? at(b) : b];
}

/** A key as a reader reads it: "q of “Thinking”, number 6". */
export function keyName(key, { words, labels, view, heads, headName }) {
  const [name, head, r, c] = placeOf(key, view.order);
  const pair = name === "p" ? [Math.floor(r / labels.length), r % labels.length] : [r, c];
  const sentence = PAIRS.has(name) ? words.at_pair : name === "p" ? words.at_product : WORD_ROWS.has(name) ? words.at_word : words.at_place;
  const where = say(sentence, { a: labels[pair[0]], b: labels[pair[1]], i: r + 1, n: c + 1 });
  return `${words[`symbol_${name}`]} ${where}${heads > 1 && !SHARED.has(name) ? ` · ${say(words.head_n, { h: headName(head) })}` : ""}`;
}
