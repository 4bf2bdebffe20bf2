import { formatShape, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { clearMasked, maskedSoftmax, type Attended, type AttentionOptions } from "./masked-softmax.js";

/** What {@link dotAttention} may read, and how sharply. */
export interface DotAttentionOptions extends AttentionOptions {
  /** Factor of the scores, default `1 / sqrt(size)`. */
  readonly scale?: number;
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017): `softmax(Q K^T / sqrt(size)) V`.
 *
 * @param query - `[batch, queries, size]`
 * @param key - `[batch, keys, size]`
 * @param value - `[batch, keys, valueSize]`
 * @throws ModuleError `shape`
 */
export function dotAttention(query: Tensor, key: Tensor, value: Tensor, options: DotAttentionOptions = {}): Attended {
  const size = query.shape.at(-1) as number;
  const fits =
    query.rank === 3 &&
    key.rank === 3 &&
    value.rank === 3 &&
    query.shape[0] === key.shape[0] &&
    key.shape[2] === size &&
    value.shape[0] === key.shape[0] &&
    value.shape[1] === key.shape[1];
  if (!fits) {
    const got = [query, key, value].map(({ shape }) => formatShape(shape)).join(", ");
    fail("shape", `dotAttention: needs [batch, queries, size], [batch, keys, size] and [batch, keys, valueSize], got ${got}`);
  }
  const { scale = 1 / Math.sqrt(size) } = options;
  const scores = query.matmul(clearMasked(key, options).transpose()).mul(scale);
  const weights = maskedSoftmax(scores, options);
  return { output: weights.matmul(clearMasked(value, options)), weights };
}
