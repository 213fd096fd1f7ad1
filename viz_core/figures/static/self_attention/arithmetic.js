// Self-attention over a few words, in float64, every number on the way kept (the same steps as layers/self_attention.py).
// A matrix is {rows, cols, data}. A number that the reader changed takes the place of the computed one, and all that
// follows is computed from it.

export const matrix = (rows, cols, data = new Float64Array(rows * cols)) => ({ rows, cols, data });
const LINKED = { x: 1, q: 1, k: 1, v: 1, e: 2, s: 2, m: 2, a: 2, z: 1, c: 1, o: 1 }; // indices that are words, not numbers of a vector
export const SHARED = new Set(["x", "wo", "c", "o", "beta"]); // one for all heads; the others have a head's number in their keys

/** A·B. */
export function product(a, b) {
  const out = matrix(a.rows, b.cols);
  const [left, right, sums, inner, width] = [a.data, b.data, out.data, a.cols, b.cols]; // a matrix of a trained model has 12,288 numbers
  for (let i = 0; i < a.rows; i++) {
    for (let l = 0; l < inner; l++) {
      const factor = left[i * inner + l];
      for (let j = 0; j < width; j++) sums[i * width + j] += factor * right[l * width + j];
    }
  }
  return out;
}

/** f(i, j) at every place. */
function filled(rows, cols, value) {
  const out = matrix(rows, cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out.data[i * cols + j] = value(i, j);
  return out;
}

export const rowOf = (m, i) => m.data.subarray(i * m.cols, (i + 1) * m.cols);

export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** softmax of one row; the largest score is subtracted first, so that no exponential overflows. All masked: NaN. */
export function softmax(scores) {
  const most = Math.max(...scores);
  if (most === -Infinity) return scores.map(() => NaN);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Similarity of q_i and k_j before any scaling. */
const SIMILARITY = {
  dot: () => dot,
  cosine: () => (q, k) => dot(q, k) / Math.max(Math.hypot(...q) * Math.hypot(...k), 1e-8),
  additive: ({ aq, ak, av }) => (q, k) => {
    let sum = 0;
    for (let n = 0; n < aq.cols; n++) {
      let inner = 0;
      for (let c = 0; c < q.length; c++) inner += q[c] * aq.data[c * aq.cols + n] + k[c] * ak.data[c * ak.cols + n];
      sum += av.data[n] * Math.tanh(inner);
    }
    return sum;
  },
};

/** Changed numbers by tensor and head: "q.0" → [[indices, value], …]. edits: Map of keys such as "q.0.1.5" (head 0, word 1, number 5). */
function sorted(edits) {
  const found = new Map();
  for (const [key, value] of edits) {
    const [name, ...indices] = key.split(".");
    const head = SHARED.has(name) ? 0 : Number(indices.shift());
    const at = `${name}.${head}`;
    if (!found.has(at)) found.set(at, []);
    found.get(at).push([indices.map(Number), value]);
  }
  return found;
}

/** Everything from x to the output. numbers: {heads, tensors}; options: {score, scaled, mask, project}; edits: Map;
 * order: word at each position. Returns lists of matrices, one a head (one alone for x, c, o, wo, beta). */
export function attend(numbers, options, edits, order) {
  const { tensors } = numbers;
  const changes = sorted(edits);
  const place = [];
  order.forEach((word, position) => (place[word] = position));
  const put = (name, head, m) => {
    for (const [indices, value] of changes.get(`${name}.${head}`) ?? []) {
      const [i, j] = indices.map((index, n) => (n < (LINKED[name] ?? 0) ? place[index] : index));
      if (i < m.rows && j < m.cols) m.data[i * m.cols + j] = value;
    }
    return m;
  };
  const given = (name, head, from = name) => (changes.has(`${name}.${head}`) ? put(name, head, copied(tensors[from][head])) : tensors[from][head]);
  const T = order.length;
  const x = put("x", 0, filled(T, tensors.x[0].cols, (i, j) => tensors.x[0].data[order[i] * tensors.x[0].cols + j]));
  const heads = options.project ? numbers.heads : 1;
  const out = { x: [x], beta: [put("beta", 0, matrix(1, 1, Float64Array.of(1)))] };
  for (const name of ["wq", "wk", "wv", "bq", "bk", "bv", "q", "k", "v", "aq", "ak", "av", "e", "s", "m", "a", "p", "z"]) out[name] = [];
  for (let h = 0; h < heads; h++) oneHead(out, h, { x, given, put, changes, place, numbers, options });
  const depth = out.z[0].cols;
  out.c = [put("c", 0, filled(T, heads * depth, (i, j) => out.z[Math.floor(j / depth)].data[i * depth + (j % depth)]))];
  if (options.project) out.wo = [given("wo", 0)];
  out.o = [put("o", 0, options.project ? product(out.c[0], out.wo[0]) : matrix(T, depth, Float64Array.from(out.c[0].data)))];
  return out;
}

/** One head's numbers, added to the lists of `out`. */
function oneHead(out, h, { x, given, put, changes, place, numbers, options }) {
  const { project, score } = options;
  const T = x.rows;
  for (const letter of "qkv") {
    let vectors = copied(x);
    if (project) {
      const weights = (out[`w${letter}`][h] = given(`w${letter}`, h));
      vectors = product(x, weights);
      if (numbers.tensors[`b${letter}`]) {
        const bias = (out[`b${letter}`][h] = given(`b${letter}`, h));
        for (let i = 0; i < T; i++) for (let c = 0; c < bias.cols; c++) vectors.data[i * bias.cols + c] += bias.data[c];
      }
    }
    out[letter][h] = put(letter, h, vectors);
  }
  const [q, k, v] = [out.q[h], out.k[h], out.v[h]];
  if (score === "additive") for (const name of ["aq", "ak", "av"]) out[name][h] = given(name, h, project ? name : `${name}0`);
  const alike = SIMILARITY[score]({ aq: out.aq[h], ak: out.ak[h], av: out.av[h] });
  const e = (out.e[h] = put("e", h, filled(T, T, (i, j) => alike(rowOf(q, i), rowOf(k, j)))));
  const factor = scaleOf(options, q.cols, out.beta[0].data[0]);
  const s = (out.s[h] = put("s", h, filled(T, T, (i, j) => e.data[i * T + j] * factor)));
  const m = (out.m[h] = put("m", h, filled(T, T, (i, j) => (options.mask && j > i ? -Infinity : s.data[i * T + j]))));
  const weights = matrix(T, T);
  for (let i = 0; i < T; i++) weights.data.set(softmax(Array.from(rowOf(m, i))), i * T);
  const a = (out.a[h] = put("a", h, weights));
  const p = (out.p[h] = weighted(a, v, changes.get(`p.${h}`) ?? [], place));
  out.z[h] = put("z", h, filled(T, v.cols, (i, c) => summed(p, i, c, T, v.cols)));
}

const copied = (m) => matrix(m.rows, m.cols, Float64Array.from(m.data));

/** What e_ij is multiplied by. */
export function scaleOf({ score, scaled }, depth, beta) {
  if (score === "cosine") return beta;
  return score === "dot" && scaled ? 1 / Math.sqrt(depth) : 1;
}

/** α_ij v_j, a row for each pair (i, j). */
function weighted(a, v, changed, place) {
  const T = a.rows;
  const p = filled(T * T, v.cols, (ij, c) => a.data[ij] * v.data[(ij % T) * v.cols + c]);
  for (const [[i, j, c], value] of changed) if (place[i] < T && place[j] < T && c < v.cols) p.data[(place[i] * T + place[j]) * v.cols + c] = value;
  return p;
}

function summed(p, i, c, T, depth) {
  let sum = 0;
  for (let j = 0; j < T; j++) sum += p.data[(i * T + j) * depth + c];
  return sum;
}

/** ‖∂α/∂e‖ of softmax (Frobenius) at these weights: what a gradient is multiplied by, at most, on its way back. */
export function softmaxGradient(weights) {
  let sum = 0;
  weights.forEach((a, i) => {
    let [rest, squares] = [0, 0];
    weights.forEach((b, j) => {
      if (j === i) return;
      rest += b;
      squares += b * b;
    });
    sum += a * a * (rest * rest + squares);
  });
  return Math.sqrt(sum);
}

/** Largest |a − b| where both are numbers; places where only one is count as infinitely far. */
export function farthest(a, b) {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) && Number.isNaN(b[i])) continue;
    const gap = Math.abs(a[i] - b[i]);
    most = Math.max(most, Number.isNaN(gap) ? Infinity : gap);
  }
  return most;
}
