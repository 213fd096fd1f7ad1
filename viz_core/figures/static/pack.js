// Numbers as they travel: base64 of little-endian integers (see pack.py).

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Weights 0 … 1 as Float32Array; the largest code is NaN (masked). */
export function unpackWeights({ bits, data }) {
  const bytes = bytesOf(data);
  const codes = bits === 16 ? new Uint16Array(bytes.buffer) : bytes;
  const top = 2 ** bits - 2;
  return Float32Array.from(codes, (code) => (code > top ? NaN : code / top));
}

/** A tensor sent as 8 bits between its lowest and highest value; code 255 is NaN (not finite). */
export function unpackStrip({ low, high, data }) {
  return Float32Array.from(bytesOf(data), (code) => (code === 255 ? NaN : low + ((high - low) * code) / 254));
}

/** The attention rows of one site. Row numbers run over all steps; a query index is a row's place in its own map. */
export class Site {
  constructor(json) {
    Object.assign(this, json); // site, key, query, keys, queries, spans, grows, maps, shown
    this.decoded = new Map();
    this.width = this.keys.length;
  }
  /** Weights f32[row * width + key] of the map on show. */
  get values() {
    if (!this.decoded.has(this.shown)) this.decoded.set(this.shown, unpackWeights(this.maps[this.shown]));
    return this.decoded.get(this.shown);
  }
  has(map) {
    return "data" in this.maps[map];
  }
  row(index) {
    return this.values.subarray(index * this.width, (index + 1) * this.width);
  }
  /** Rows [start, end) on show at a step. */
  visible(step) {
    if (this.grows) return [0, this.spans[step][1]];
    for (let i = step; i >= 0; i--) if (this.spans[i][1] > this.spans[i][0]) return this.spans[i];
    return [0, 0];
  }
  /** Rows that the figure has room for: all of them when the map grows, else those of one map. */
  get height() {
    if (this.grows) return this.queries.length;
    const [start, end] = this.spans.find(([a, b]) => b > a) ?? [0, 0];
    return end - start;
  }
  rowOf(query, step) {
    const [start, end] = this.visible(step);
    return start + query < end ? start + query : -1;
  }
  queryOf(row, step) {
    return row - this.visible(step)[0];
  }
}
