// What the numbers on show say by themselves: sums, softmax and its gradient, the order of the words, float32.
import { el, say } from "../dom.js";
import { attend, farthest, matrix, rowOf, softmax, softmaxGradient } from "./arithmetic.js";
import { rich } from "./rich.js";
import { FLOAT32, cellText, exact, shareText } from "./typed.js";

/** Sentences about the numbers as they stand. */
export function notes(app) {
  const said = [...aboutWeights(app), ...aboutSoftmax(app), ...aboutOrder(app), ...aboutSize(app)];
  return said.map((sentence) => el("li", {}, ...rich(sentence)));
}

function aboutWeights(app) {
  const { words, focus, shownHead, labels } = app;
  const weights = Array.from(rowOf(app.tensor("a", shownHead), focus));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (Number.isNaN(sum)) return [say(words.nothing_seen, { word: labels[focus] })];
  return Math.abs(sum - 1) > 1e-6 ? [say(words.sum_off, { word: labels[focus], x: cellText(sum) })] : [];
}

/** Entropy and gradient of the row in focus, as it is and with the scaling switched. */
function aboutSoftmax(app) {
  const { words, focus, shownHead, labels, view } = app;
  if (!["scale", "softmax"].includes(app.stage)) return [];
  const weights = Array.from(rowOf(app.tensor("a", shownHead), focus)).filter((weight) => weight > 0);
  if (!weights.length) return [];
  const entropy = weights.reduce((sum, weight) => sum - weight * Math.log(weight), 0);
  const said = [say(words.softmax_now, { word: labels[focus], h: cellText(entropy), a: shareText(Math.max(...weights)), g: cellText(softmaxGradient(weights)) })];
  if (view.score !== "dot") return said;
  const root = Math.sqrt(app.tensor("q", shownHead).cols);
  const other = softmax(Array.from(rowOf(app.tensor("m", shownHead), focus), (score) => score * (view.scaled ? root : 1 / root)));
  const sentence = view.scaled ? words.softmax_without : words.softmax_with;
  return [...said, say(sentence, { d: root ** 2 < 1e6 ? Math.round(root ** 2) : "", a: shareText(Math.max(...other)), g: cellText(softmaxGradient(other)) })];
}

/** Shuffled words: is the output of every word what it was? Measured, not claimed. */
function aboutOrder(app) {
  const { words, view, payload, edits, result } = app;
  if (view.order.every((word, position) => word === position)) return [];
  const before = attend(payload.numbers, view, edits, view.order.map((_word, i) => i)).o[0];
  const moved = matrix(before.rows, before.cols);
  view.order.forEach((word, position) => moved.data.set(rowOf(before, word), position * before.cols));
  const gap = farthest(result.o[0].data, moved.data);
  const size = farthest(before.data, new Float64Array(before.data.length));
  return [say(gap <= 1e-9 * Math.max(size, 1) ? words.only_permuted : words.not_permuted, { x: exact(gap) }), ...(payload.kind === "trained" ? [words.positions_moved] : [])];
}

/** float64 goes on where the float32 of a model would have given up. */
function aboutSize(app) {
  const most = Math.max(...Object.values(app.result).flat().map(({ data }) => data.reduce((top, value) => (Number.isFinite(value) ? Math.max(top, Math.abs(value)) : top), 0)));
  return most > FLOAT32 ? [say(app.words.beyond_float32, { x: exact(most) })] : [];
}
