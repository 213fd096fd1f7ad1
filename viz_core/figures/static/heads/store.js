// The weights of all heads as they travel (heads.py), and the rows and columns a reader wants to see of them.

export async function inflated(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** {bits, data}, codes of square roots, as Float32Array; the largest code is NaN (masked). */
export async function unsqueezed({ bits, data }) {
  const buffer = await inflated(data);
  const codes = bits === 16 ? new Uint16Array(buffer) : new Uint8Array(buffer);
  const top = 2 ** bits - 2;
  return Float32Array.from(codes, (code) => (code > top ? NaN : (code / top) ** 2));
}

/** One attention site: its tokens, thumbnails, summaries, and the maps that have arrived. */
export class HeadSite {
  constructor(json, index) {
    Object.assign(this, json, { index, maps: new Map() }); // site, layers, heads, square, queries, keys, spans, thumbnails, summary
    this.size = [json.queries.labels.length, json.keys.labels.length];
    this.count = json.layers.length * json.heads.length;
  }
  async unpackThumbnails() {
    this.small = await unsqueezed(this.thumbnails);
  }
  async add({ heads, ...packed }) {
    const values = await unsqueezed(packed);
    const cells = this.size[0] * this.size[1];
    heads.forEach(([layer, head], i) => this.maps.set(layer * this.heads.length + head, values.subarray(i * cells, (i + 1) * cells)));
  }
  /** A head's number, counted row by row. */
  number(layer, head) {
    return layer * this.heads.length + head;
  }
  place(number) {
    return [Math.floor(number / this.heads.length), number % this.heads.length];
  }
  thumbnail(number) {
    const { rows, columns } = this.thumbnails;
    return this.small.subarray(number * rows * columns, (number + 1) * rows * columns);
  }
  value(name, number) {
    const [layer, head] = this.place(number);
    const value = this.summary[name]?.[layer][head];
    return typeof value === "number" ? value : NaN;
  }
}

/** Positions that are shown, each a group of tokens: {label, tokens}; and the hidden ones. */
export function grouped({ labels, special, words }, { hideSpecial, hideFirst, wholeWords }, limit = Infinity) {
  const hidden = new Set([...(hideSpecial ? special : []), ...(hideFirst && labels.length ? [0] : [])]);
  const groups = [];
  let word = null;
  labels.forEach((label, i) => {
    if (hidden.has(i) || i >= limit) return void (word = null);
    if (wholeWords && words[i] === word) groups.at(-1).tokens.push(i);
    else groups.push({ tokens: [i] });
    word = words[i];
  });
  for (const group of groups) group.label = wholeWords ? spoken(group.tokens.map((i) => labels[i])) : labels[group.tokens[0]];
  return { groups, hidden: [...hidden].filter((i) => i < Math.min(labels.length, limit)).sort((a, b) => a - b) };
}

/** The tokens of a word as a person writes it: without the marks of blanks, split characters whole again. */
function spoken(labels) {
  const joined = labels.map((label) => label.replace(/^(##|Ġ)/, "")).join("").replace(/(\S)⟨1\/(\d+)⟩(?:\1⟨\d+\/\2⟩)*/g, "$1");
  return joined.replace(/^[▁\s]+|[▁\s]+$/g, "") || joined;
}

/** f32[shown query, shown key]: summed over the tokens of a key word, averaged over those of a query word.
 *  removed: what each shown query gives to hidden keys. Nothing is renormalised. */
export function reduced(values, width, queries, keys) {
  const [rows, columns] = [queries.groups.length, keys.groups.length];
  const [cells, removed] = [new Float32Array(rows * columns), new Float32Array(rows)];
  queries.groups.forEach(({ tokens }, r) => {
    const seen = tokens.filter((q) => !Number.isNaN(values[q * width]));
    if (!seen.length) return void (cells.fill(NaN, r * columns, (r + 1) * columns), (removed[r] = NaN));
    for (const q of seen) {
      const start = q * width;
      keys.groups.forEach((group, c) => {
        for (const k of group.tokens) cells[r * columns + c] += values[start + k] / seen.length;
      });
      for (const k of keys.hidden) removed[r] += values[start + k] / seen.length;
    }
  });
  return { cells, removed, rows, columns };
}
