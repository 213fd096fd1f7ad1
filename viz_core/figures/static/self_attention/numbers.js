// The numbers of a payload (figures/self_attention.py) as matrices.
import { matrix } from "./arithmetic.js";

/** {heads, tensors: name → list of matrices, one a head}. Numbers travel as the bytes of float32. */
export function unpackedNumbers({ heads, tensors }) {
  const list = ({ shape, data }) => {
    const values = new Float32Array(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
    const [count, rows, cols] = shape;
    return Array.from({ length: count }, (_, h) => matrix(rows, cols, values.subarray(h * rows * cols, (h + 1) * rows * cols)));
  };
  return { heads, tensors: Object.fromEntries(Object.entries(tensors).map(([name, packedTensor]) => [name, list(packedTensor)])) };
}
