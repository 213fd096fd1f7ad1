// Attention weights made where they are looked at: queries and keys of a layer as they travel (patches.py), one row at a time.

const FRACTION = 1 / 1024;
let halves; // every number of 16 bits as a float, made once

function halfTable() {
  halves ??= Float32Array.from({ length: 65536 }, (_, code) => {
    const [sign, power, part] = [code & 0x8000 ? -1 : 1, (code >> 10) & 31, code & 1023];
    if (power === 31) return part ? NaN : sign * Infinity;
    return sign * (power ? 2 ** (power - 15) * (1 + part * FRACTION) : 2 ** -14 * part * FRACTION);
  });
  return halves;
}

/** {bits, data} as Float32Array. */
export function unpackFloats({ bits, data }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  if (bits === 32) return new Float32Array(bytes.buffer);
  const table = halfTable();
  return Float32Array.from(new Uint16Array(bytes.buffer), (code) => table[code]);
}

/** One layer: rows of weights of its heads on demand. */
export class AttentionLayer {
  constructor(json, heads, tokens) {
    Object.assign(this, { heads, tokens, layer: json.layer, depth: json.depth ?? 0, fine: (json.queries ?? json.dense).bits === 32 });
    if (json.dense) this.dense = unpackFloats(json.dense);
    else [this.queries, this.keys] = [unpackFloats(json.queries), unpackFloats(json.keys)];
  }
  /** Scores q·k/√d of one query of one head, less their mean over the keys; null where only weights are known. */
  scores(head, query) {
    if (this.dense) return null;
    const { queries, keys, tokens, depth } = this;
    const [q, first] = [(head * tokens + query) * depth, head * tokens * depth];
    const found = new Float32Array(tokens);
    for (let j = 0, at = first; j < tokens; j++, at += depth) {
      let sum = 0;
      for (let d = 0; d < depth; d++) sum += queries[q + d] * keys[at + d];
      found[j] = sum;
    }
    return found;
  }
  /** Weights of one query of one head, summing to 1. */
  row(head, query) {
    const { tokens } = this;
    if (this.dense) return this.dense.slice((head * tokens + query) * tokens, (head * tokens + query + 1) * tokens);
    const found = this.scores(head, query);
    let [top, total] = [-Infinity, 0];
    for (const score of found) if (score > top) top = score;
    for (let j = 0; j < tokens; j++) total += found[j] = Math.exp(found[j] - top);
    for (let j = 0; j < tokens; j++) found[j] /= total;
    return found;
  }
  /** Rows of all heads, and their mean. */
  rows(query) {
    const heads = Array.from({ length: this.heads }, (_, head) => this.row(head, query));
    const mean = new Float32Array(this.tokens);
    for (const row of heads) for (let j = 0; j < mean.length; j++) mean[j] += row[j] / heads.length;
    return { heads, mean };
  }
}

/** Cosines of one position embedding with all, from vectors of length 1. */
export function cosines(unit, width, token) {
  const count = unit.length / width;
  const found = new Float32Array(count);
  for (let j = 0; j < count; j++) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += unit[token * width + d] * unit[j * width + d];
    found[j] = sum;
  }
  return found;
}

/** Which patches stand out by their norm in the later half of the layers, and how far: {times, found}. */
export function outliers(norms, layers, tokens, prefix, threshold) {
  const most = new Float32Array(tokens);
  for (let layer = layers >> 1; layer < layers; layer++) {
    const patches = norms.slice(layer * tokens + prefix, (layer + 1) * tokens).sort();
    const median = (patches[(patches.length - 1) >> 1] + patches[patches.length >> 1]) / 2;
    for (let j = prefix; j < tokens; j++) most[j] = Math.max(most[j], norms[layer * tokens + j] / median);
  }
  const found = [];
  most.forEach((times, j) => times > threshold && found.push(j));
  return { most, largest: Math.max(...most), found };
}
