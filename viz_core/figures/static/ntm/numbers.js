// Tensors of a run as they travel (ntm.py), decoded once.
import { inflated, unsqueezed } from "../heads/store.js";

/** {low, high, bits, data, shape}: deflated integers between the lowest and the highest value. */
async function undeflated({ low, high, bits, data }) {
  const buffer = await inflated(data);
  const codes = bits === 16 ? new Uint16Array(buffer) : new Uint8Array(buffer);
  const top = 2 ** bits - 1;
  return Float32Array.from(codes, (code) => low + ((high - low) * code) / top);
}

/** Every tensor of the payload with its numbers as `values`. */
export async function decoded(payload) {
  const plain = async (tensor) => ({ ...tensor, values: await undeflated(tensor) });
  const weights = async (tensor) => ({ ...tensor, values: await unsqueezed(tensor) });
  const heads = payload.heads.map(async (head) => ({
    ...head,
    stages: await Promise.all(head.stages.map((stage) => (stage.signed ? plain(stage) : weights(stage)))),
    vectors: await Promise.all(head.vectors.map(plain)),
  }));
  return {
    tape: await plain(payload.tape), said: await weights(payload.said), right: await weights(payload.right),
    memory: payload.memory && (await plain(payload.memory)), heads: await Promise.all(heads), states: await Promise.all(payload.states.map(plain)),
  };
}

/** How many cells a weighting looks at: e to its entropy, 1 for one cell, N for all alike. */
export function spread(weights) {
  let entropy = 0;
  for (const w of weights) if (w > 0) entropy -= w * Math.log(w);
  return Math.exp(entropy);
}

/** Three to four significant digits, a real minus sign. */
export function digits(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.0005 || size >= 1e5) ? value.toExponential(1) : value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 3);
  return text.replaceAll("-", "−");
}
