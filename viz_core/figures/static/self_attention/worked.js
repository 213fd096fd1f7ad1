// One row's arithmetic, written out with the numbers as they stand, as MathML.
import { say } from "../dom.js";
import { rowOf, scaleOf } from "./arithmetic.js";
import { cellText, shareText } from "./typed.js";

const [TERMS, SHOWN, LINES] = [4, 6, 6]; // terms of a sum, numbers of a vector, words of a row that are written out
const math = (tag, ...children) => {
  const node = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  node.append(...children);
  return node;
};
const [sign, letter] = [(text) => math("mo", text), (text) => math("mi", text)];
const number = (value, show = cellText) => math("mn", show(value));
const factor = (value, show) => (value < 0 ? math("mrow", sign("("), number(value, show), sign(")")) : number(value, show)); // 2 · (−1)
const sub = (name, ...indices) => math("msub", letter(name), math("mrow", ...indices.map((i) => math("mn", String(i)))));
const row = (...parts) => math("mrow", ...parts);
const equals = () => sign("=");
const over = (top, bottom) => math("mfrac", top, bottom);
const join = (parts, between) => parts.flatMap((part, i) => (i ? [sign(between), part] : [part]));
const text = (words) => math("mtext", `\u2003${words}`);

/** a_1 b_1 + a_2 b_2 + … of two lists of numbers. */
function products(a, b) {
  const count = Math.min(a.length, TERMS);
  const terms = Array.from({ length: count }, (_, i) => row(i ? factor(a[i]) : number(a[i]), sign("·"), factor(b[i])));
  return [...join(terms, "+"), ...(a.length > count ? [sign("+"), sign("⋯")] : [])];
}

function vector(values) {
  const shown = Array.from(values.slice(0, SHOWN), (value) => number(value));
  return row(sign("["), ...join(shown, ","), ...(values.length > SHOWN ? [sign(","), sign("…")] : []), sign("]"));
}

const column = (m, j, rows = m.rows) => Array.from({ length: rows }, (_, i) => m.data[i * m.cols + j]);

/** Lines of the step on show, for the row in focus. */
export function workedLines(app) {
  const { focus: i, shownHead: head, count } = app;
  const at = (name) => app.tensor(name, head);
  const every = (line) => withRest(app, Array.from({ length: Math.min(count, LINES) }, (_, j) => line(j)));
  const inOne = (term) => Array.from({ length: count }, (_, j) => term(j));
  const set = (name, r, c) => (app.changed(app.keyOf({ name, head }, r, c)) ? [text(app.words.set_by_you)] : []);
  const entry = (name, j) => at(name).data[i * count + j];
  const lines = {
    embed: () => [[sub("x", i + 1), equals(), vector(rowOf(at("x"), i)), ...set("x", i, 0)]],
    project: () => [..."qkv"].map((name) => projection(app, name, at, set)),
    dot: () => every((j) => [...scoreLine(app, at, i, j), equals(), number(entry("e", j)), ...set("e", i, j)]),
    scale: () => every((j) => [sub("s", i + 1, j + 1), equals(), ...scaleLine(app, at, entry("e", j)), equals(), number(entry("s", j)), ...set("s", i, j)]),
    mask: () => every((j) => [sub("m", i + 1, j + 1), equals(), ...maskLine(app, i, j, entry("s", j)), ...set("m", i, j)]),
    softmax: () => softmaxLines(app, at, set),
    weigh: () => every((j) => [sub("α", i + 1, j + 1), sub("v", j + 1), equals(), number(entry("a", j), shareText), sign("·"), vector(rowOf(at("v"), j)), equals(), vector(rowOf(at("p"), i * count + j))]),
    sum: () => [[sub("z", i + 1), equals(), ...join(inOne((j) => row(number(entry("a", j), shareText), sub("v", j + 1))), "+"), equals(), vector(rowOf(at("z"), i))]],
    concat: () => [[sub("c", i + 1), equals(), sign("["), ...join(app.result.z.map((_z, h) => math("msubsup", letter("z"), math("mn", String(i + 1)), math("mn", String(h + 1)))), ";"), sign("]"), equals(), vector(rowOf(at("c"), i))]],
    output: () => [outputLine(app, at, i, set)],
  };
  return lines[app.stage]().map((parts) => math("math", row(...parts)));
}

function projection(app, name, at, set) {
  const i = app.focus;
  const result = [equals(), number(at(name).data[i * at(name).cols]), ...set(name, i, 0)];
  if (!app.view.project) return [sub(name, i + 1), equals(), sub("x", i + 1), equals(), vector(rowOf(at(name), i))];
  const weights = at(`w${name}`);
  const bias = at(`b${name}`);
  const first = math("msubsup", letter("W"), row(sign("·"), math("mn", "1")), letter(name.toUpperCase())); // its first column
  return [sub(name, i + 1, ",1"), equals(), sub("x", i + 1), sign("·"), first, ...(bias ? [sign("+"), sub("b", 1)] : []), equals(),
    ...products(rowOf(at("x"), i), column(weights, 0)), ...(bias ? [sign("+"), factor(bias.data[0])] : []), ...result];
}

function scoreLine(app, at, i, j) {
  const [q, k] = [rowOf(at("q"), i), rowOf(at("k"), j)];
  const left = [sub("e", i + 1, j + 1), equals()];
  if (app.view.score === "dot") return [...left, sub("q", i + 1), sign("·"), sub("k", j + 1), equals(), ...products(q, k)];
  if (app.view.score === "cosine") {
    const length = (name, n) => row(sign("‖"), sub(name, n), sign("‖"));
    let sum = 0;
    q.forEach((value, c) => (sum += value * k[c]));
    return [...left, over(row(sub("q", i + 1), sign("·"), sub("k", j + 1)), row(length("q", i + 1), length("k", j + 1))), equals(),
      over(number(sum), row(number(Math.hypot(...q)), sign("·"), number(Math.hypot(...k))))];
  }
  const [aq, ak, av] = ["aq", "ak", "av"].map(at);
  const hidden = Array.from({ length: aq.cols }, (_, n) => q.reduce((sum, value, c) => sum + value * aq.data[c * aq.cols + n] + k[c] * ak.data[c * ak.cols + n], 0));
  const terms = hidden.map((value, n) => row(factor(av.data[n]), sign("·"), letter("tanh"), sign("("), number(value), sign(")")));
  return [...left, math("msup", letter("v"), sign("⊤")), letter("tanh"), sign("("), sign("…"), sign(")"), equals(), ...join(terms, "+")];
}

function scaleLine(app, at, score) {
  const depth = at("q").cols;
  if (app.view.score === "cosine") return [letter("β"), sign("·"), factor(score), equals(), number(at("beta").data[0]), sign("·"), factor(score)];
  if (scaleOf(app.view, depth, 1) === 1) return [number(score)];
  return [over(number(score), math("msqrt", math("mn", String(depth)))), equals(), over(number(score), number(Math.sqrt(depth)))];
}

function maskLine(app, i, j, score) {
  if (!app.view.mask || j <= i) return [number(score)];
  return [number(-Infinity), text(say(app.words.comes_later, { word: app.labels[j] }))];
}

function softmaxLines(app, at, set) {
  const { focus: i, count } = app;
  const scores = Array.from(rowOf(at("m"), i));
  const most = Math.max(...scores);
  if (most === -Infinity) return [[text(app.words.all_masked)]];
  const power = (value) => row(letter("exp"), sign("("), number(value), sign("−"), factor(most), sign(")"));
  const sum = scores.reduce((total, value) => total + Math.exp(value - most), 0);
  return withRest(app, scores.slice(0, LINES).map((value, j) => [sub("α", i + 1, j + 1), equals(), over(power(value), row(...join(scores.slice(0, TERMS).map(power), "+"), ...(count > TERMS ? [sign("+"), sign("⋯")] : []))), equals(),
    over(number(Math.exp(value - most), shareText), number(sum, shareText)), equals(), number(at("a").data[i * count + j], shareText), ...set("a", i, j)]));
}

/** A long row ends with how many words are left to the table. */
function withRest({ count, words }, lines) {
  return count > LINES ? [...lines, [math("mtext", say(words.and_so_on, { n: count - LINES }))]] : lines;
}

function outputLine(app, at, i, set) {
  const result = [equals(), number(at("o").data[i * at("o").cols]), ...set("o", i, 0)];
  if (!app.view.project) return [sub("o", i + 1), equals(), sub("z", i + 1), equals(), vector(rowOf(at("o"), i))];
  const weights = at("wo");
  return [sub("o", i + 1, ",1"), equals(), sub("c", i + 1), sign("·"), math("msubsup", letter("W"), row(sign("·"), math("mn", "1")), letter("O")), equals(), ...products(rowOf(at("c"), i), column(weights, 0)), ...result];
}
