// One tensor of the open box at every step: where its numbers are, and what they are called.
import { unpackWeights } from "../pack.js";

export class TensorData {
  /** json: see `transformer_payload.opened`; box: the labels and key counts that its tensors share. */
  constructor(json, box, known) {
    Object.assign(this, json);
    this.box = box;
    this.twin = json.same ? known.get(json.same) : null;
  }
  get values() {
    if (this.twin) return this.twin.values;
    if (!this.decoded) {
      const [low, span] = [this.low, this.high - this.low];
      this.decoded = unpackWeights(this).map((share) => low + span * share);
    }
    return this.decoded;
  }
  /** Largest magnitude of all steps: the end of the colour scale. */
  get reach() {
    const { low, high } = this.twin ?? this;
    return Math.max(Math.abs(low), Math.abs(high)) || 1;
  }
  /** Decimals that the bytes carry. */
  get decimals() {
    const { low, high, bits } = this.twin ?? this;
    if (high === low) return 4;
    return Math.min(Math.max(Math.floor(-Math.log10((high - low) / 2 ** bits)), 1), 5);
  }
  text(value) {
    return number(value, this.tensor === "index" ? 0 : this.decimals);
  }
  /** Sizes at a step: there are as many keys as outputs so far. */
  shape(step) {
    const { counts } = this.box;
    if (!counts.length || this.steps === "one") return this.sizes;
    return this.roles.map((role, i) => (role === "key" ? counts[step] : this.sizes[i]));
  }
  /** The number at a place {role: index}; NaN where there is none (a later key). */
  at(step, place) {
    const shape = this.shape(step);
    const stored = this.stored(step);
    let index = 0;
    for (let i = 0; i < shape.length; i++) {
      const at = place[this.roles[i]] ?? 0;
      if (at >= shape[i]) return NaN;
      index = index * stored[i] + at;
    }
    return this.values[this.start(step) + index];
  }
  /** Sizes as the numbers are laid out. */
  stored(step) {
    return this.steps === "each" ? this.shape(step) : this.sizes;
  }
  /** How far apart in `values` two neighbours along a role are. */
  stride(step, role) {
    const after = this.roles.indexOf(role) + 1;
    return after ? this.stored(step).slice(after).reduce((product, n) => product * n, 1) : 0;
  }
  start(step) {
    if (this.steps !== "each") return 0;
    if (!this.starts) {
      this.starts = [0];
      for (let i = 0; i < this.box.count; i++) this.starts.push(this.starts[i] + this.shape(i).reduce((product, n) => product * n, 1));
    }
    return this.starts[step];
  }
  size(role) {
    return this.sizes[this.roles.indexOf(role)] ?? 0;
  }
  has(role) {
    return this.roles.includes(role);
  }
}

/** A number with a real minus sign. */
export function number(value, decimals = 4) {
  if (Number.isNaN(value)) return "–";
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** The same, tiny and huge ones as powers of ten. */
export function compact(value, decimals = 4) {
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.5 * 10 ** -decimals && size < 1e5)) return number(value, decimals);
  const [digits, power] = value.toExponential(2).split("e");
  return `${digits.replace("-", "−")}·10^${power.replace("+", "").replace("-", "−")}`;
}
