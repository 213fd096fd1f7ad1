// What each of the ten steps shows: which tensors, in which order, with which rows.
import { say } from "../dom.js";

export const STAGES = ["embed", "project", "dot", "scale", "mask", "softmax", "weigh", "sum", "concat", "output"];

const SHORT = 8; // numbers of a vector that leaves room for another tensor beside it

/** The grids of the step on show: {name, head, title, rows, cols?, kind, cells}, or {stack: [...]} of several below each other. */
export function stageBlocks(app) {
  const { words, focus, shownHead: head, count, labels, view, result } = app;
  const everyWord = labels.map((label, index) => ({ index, label, word: index }));
  const oneWord = [everyWord[focus]];
  const square = labels.map((label, word) => ({ label, word }));
  const named = (name) => words[`tensor_${name}`];
  const vectors = (name, rows = everyWord, more = {}) => ({ name, head, title: named(name), rows, kind: "vectors", ...more });
  const weights = (name, more = {}) => ({ name, head, title: named(name), rows: numbered(app.tensor(name, head).rows), kind: "vectors", ...more });
  const pairs = (name) => ({ name, head, title: titleOf(app, name), rows: everyWord, cols: square, kind: "square", lines: 12 });
  const products = () => ({ ...vectors("p"), rows: labels.map((label, j) => ({ index: focus * count + j, label })), title: say(words.tensor_p, { word: labels[focus] }) });
  const bias = (name) => ({ ...vectors(name), rows: [{ index: 0, label: "b" }], lines: 4 });
  const matrices = (name) => (view.project ? [weights(`w${name}`, { lines: 8 }), ...(result[`b${name}`].length ? [bias(`b${name}`)] : [])] : []);
  const sized = (block) => {
    const cells = block.stack ? 0 : app.tensor(block.name, block.head).cols;
    return { ...block, cells, kind: block.kind === "vectors" && cells <= SHORT ? "short" : block.kind };
  };
  const blocks = {
    embed: () => [vectors("x")],
    project: () => [vectors("x", oneWord), ...[..."qkv"].map((name) => ({ stack: [...matrices(name), vectors(name)], kind: "third" }))],
    dot: () => [vectors("q", oneWord), vectors("k"), ...(view.score === "additive" ? [weights("aq"), weights("ak"), { ...weights("av"), rows: [{ index: 0, label: "v" }] }] : []), pairs("e")],
    scale: () => [pairs("e"), ...(view.score === "cosine" ? [{ ...vectors("beta", [{ index: 0, label: "β" }]), kind: "square" }] : []), pairs("s")],
    mask: () => [pairs("s"), pairs("m")],
    softmax: () => [pairs("m"), pairs("a")],
    weigh: () => [{ ...pairs("a"), rows: oneWord }, vectors("v"), products()],
    sum: () => [products(), vectors("z")],
    concat: () => [...result.z.map((_z, h) => ({ ...vectors("z", oneWord), head: h, title: result.z.length > 1 ? say(words.of_head, { name: named("z"), h: app.headName(h) }) : named("z") })), vectors("c")],
    output: () => [vectors("c"), ...(view.project ? [weights("wo")] : []), vectors("o")],
  };
  return blocks[app.stage]().map(sized);
}

const numbered = (count) => Array.from({ length: count }, (_, index) => ({ index, label: String(index + 1) }));

/** The name of a T × T tensor: what the score is called depends on how it is computed. */
export function titleOf(app, name) {
  const { words, view } = app;
  if (name === "e") return words[`score_${view.score}`];
  if (name === "s") return view.score === "cosine" ? words.times_beta : view.score === "dot" && view.scaled ? words.divided : words.undivided;
  return words[`tensor_${name}`];
}

/** Which equation belongs to the step, by name in the payload. */
export function equationOf(app) {
  const { stage, view } = app;
  if (stage === "project" || stage === "output") return view.project ? stage : `${stage}_plain`;
  if (stage === "dot") return view.score;
  if (stage === "scale") return view.score === "cosine" ? "sharpen" : view.score === "dot" && view.scaled ? "scale" : "scale_off";
  if (stage === "mask") return view.mask ? "mask" : "mask_off";
  return stage;
}

/** What happens at the step, in a sentence or two; some depend on a switch. */
export function sentenceOf(app) {
  const { words, stage, view, payload, heads } = app;
  if (stage === "embed") return words[`embed_${payload.kind}`];
  if (stage === "project") return view.project ? words.text_project : words.text_project_off;
  if (stage === "dot") return words[`text_${view.score}`];
  if (stage === "scale") return view.score !== "dot" ? words[`text_scale_${view.score}`] : view.scaled ? words.text_scale : words.text_scale_off;
  if (stage === "mask") return view.mask ? words.text_mask : words.text_mask_off;
  if (stage === "concat") return heads > 1 ? words.text_concat : words.text_concat_one;
  if (stage === "output") return !view.project ? words.text_output_off : payload.kind === "trained" ? words.text_output_trained : words.text_output;
  return words[`text_${stage}`];
}
