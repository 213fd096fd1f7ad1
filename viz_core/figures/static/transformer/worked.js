// The formula of a tensor with this step's numbers, for the cell that the reader follows.
import { say } from "../dom.js";
import { compact, number } from "./tensor_data.js";

const TERMS = 3; // of a long sum, those that count most

/** Text for a tensor at a step, or "" where the numbers are sums over weights that are not on show. */
export function worked(tensor, step, place, app) {
  const make = FORMULAS[tensor.tensor];
  const value = tensor.at(step, place);
  if (!make || Number.isNaN(value)) return "";
  const { box } = tensor;
  const get = (name, at = place) => box.get(name).at(step, at);
  return make({ tensor, step, place, value, get, box, app, t: number });
}

const FORMULAS = {
  "scaled embedding": ({ tensor, value, get, t, box }) => {
    const d = tensor.size("channel");
    return box.has("embedding") ? `√${d} · ${t(get("embedding"))} = ${t(value)}` : "";
  },
  position: ({ tensor, place, step, value, t }) => {
    const [d, c, pos] = [tensor.size("channel"), place.channel, tensor.has("position") ? place.position : step];
    const even = c - (c % 2);
    return `${c % 2 ? "cos" : "sin"}(${pos} / 10000^(${even}/${d})) = ${c % 2 ? "cos" : "sin"}(${t(pos / 10000 ** (even / d))}) = ${t(value)}`;
  },
  sum: ({ value, get, t }) => `${t(get("scaled embedding"))} + ${paren(t(get("position")))} = ${t(value)}`,
  scores: (all) => dot(all, "queries", "keys", all.box.get("queries").size("channel"), "channel"),
  "scaled scores": ({ value, get, t, box }) => {
    const d = box.get("queries").size("channel");
    return `${t(get("scores"))} / √${d} = ${t(get("scores"))} / ${t(Math.sqrt(d))} = ${t(value)}`;
  },
  weights: ({ tensor, step, place, value, get, t }) => {
    const keys = tensor.shape(step)[tensor.roles.indexOf("key")];
    let total = 0;
    for (let key = 0; key < keys; key++) total += Math.exp(get("scaled scores", { ...place, key }));
    return `e^${t(get("scaled scores"))} / Σⱼ e^… = ${compact(Math.exp(get("scaled scores")))} / ${compact(total)} = ${t(value)}`;
  },
  "head outputs": (all) => {
    const weights = all.box.get("weights");
    return dot(all, "weights", "values", weights.shape(all.step)[weights.roles.indexOf("key")], "key");
  },
  "concatenated heads": ({ place, value, box, t, app }) => {
    const d = box.get("head outputs").size("channel");
    return `${say(app.words.channel_n, { n: place.channel })} = ${say(app.words.head_n, { n: Math.floor(place.channel / d) })}, ${say(app.words.channel_n, { n: place.channel % d })}: ${t(value)}`;
  },
  "residual sum": ({ value, get, t }) => `${t(get("input"))} + ${paren(t(get("projection")))} = ${t(value)}`,
  LayerNorm: ({ tensor, step, place, value, box, t }) => {
    const from = box.has("residual sum") ? "residual sum" : "input";
    if (!box.has(from) || !box.gain) return "";
    const { mean, spread } = moments(box.get(from), step, place, tensor.size("channel"));
    const [gain, bias] = box.gain.map((part) => part[place.channel]);
    return `μ = ${t(mean)}, σ = ${t(spread)}: ${t(gain)} · (${t(box.get(from).at(step, place))} − ${paren(t(mean))}) / ${t(spread)} + ${paren(t(bias))} = ${t(value)}`;
  },
  "inner layer": ({ tensor, step, place, app }) => {
    const all = tensor.size("channel");
    let above = 0;
    for (let channel = 0; channel < all; channel++) if (tensor.at(step, { ...place, channel }) > 0) above++;
    return say(app.words.active, { n: above, all });
  },
};

/** Mean and standard deviation over the channels, as LayerNorm takes them (ε = 1e-5). */
function moments(tensor, step, place, count) {
  const row = Array.from({ length: count }, (_, channel) => tensor.at(step, { ...place, channel }));
  const mean = row.reduce((sum, x) => sum + x, 0) / count;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
  return { mean, spread: Math.sqrt(variance + 1e-5) };
}

/** Σ a·b over a role, the largest terms written out. */
function dot({ place, value, get, t, app }, a, b, count, role) {
  const terms = Array.from({ length: count }, (_, i) => ({ ...place, [role]: i })).map((at) => [get(a, at), get(b, at)]);
  terms.sort((p, q) => Math.abs(q[0] * q[1]) - Math.abs(p[0] * p[1]));
  const shown = terms.slice(0, TERMS).map(([x, y]) => `${paren(t(x, 3))} · ${paren(t(y, 3))}`).join(" + ");
  const rest = count > TERMS ? ` + … (${say(app.words.sum_of, { n: count })})` : "";
  return `${shown}${rest} = ${t(value)}`;
}

const paren = (text) => (text.startsWith("−") ? `(${text})` : text);
