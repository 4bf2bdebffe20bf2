import { formatShape, sameShape, where, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";

// Low enough that its exponential is 0 beside any score, and finite, so that a row of nothing else has no NaN.
const lowest = -1e30;

/** What an attention may read. */
export interface AttentionOptions {
  /** bool, true where a key may be read: `[batch, keys]` for all queries, or `[batch, queries, keys]`. Default all. */
  readonly mask?: Tensor | undefined;
}

/** What an attention gives. */
export interface Attended {
  /** Weighted mean of the values `[batch, queries, valueSize]`; 0 where the mask leaves nothing to read. */
  readonly output: Tensor;
  /** `[batch, queries, keys]`, rows that sum to 1, or to 0 where the mask leaves nothing to read. */
  readonly weights: Tensor;
}

/**
 * Softmax of scores over the last axis, over what the mask allows: exactly 0 elsewhere, and all 0 where nothing is allowed. No
 * gradient, nor NaN, comes from masked scores.
 *
 * @param scores - `[batch, queries, keys]`
 * @throws ModuleError `shape`
 */
export function maskedSoftmax(scores: Tensor, { mask }: AttentionOptions = {}): Tensor {
  if (mask === undefined) return scores.softmax();
  const [batch, queries, keys] = scores.shape;
  const perQuery = mask.rank === 2 ? mask.unsqueeze({ axis: 1 }) : mask;
  const fits =
    perQuery.rank === 3 &&
    perQuery.shape[0] === batch &&
    (perQuery.shape[1] === 1 || perQuery.shape[1] === queries) &&
    perQuery.shape[2] === keys;
  if (!fits) {
    const needed = `[${String(batch)}, ${String(keys)}] or ${formatShape(scores.shape)}`;
    fail("shape", `attention: the mask must have shape ${needed}, got ${formatShape(mask.shape)}`);
  }
  const allowed = perQuery.cast("bool");
  return where(allowed, where(allowed, scores, lowest).softmax(), 0);
}

/**
 * 0 in place of the keys or values `[batch, keys, size]` that no query may read, so that what stands there cannot matter.
 *
 * @throws ModuleError `shape`
 */
export function clearMasked(x: Tensor, { mask }: AttentionOptions): Tensor {
  if (mask?.rank !== 2) return x;
  const needed = x.shape.slice(0, 2);
  if (!sameShape(mask.shape, needed)) {
    fail("shape", `attention: a mask of keys must have shape ${formatShape(needed)}, got ${formatShape(mask.shape)}`);
  }
  return where(mask.cast("bool").unsqueeze({ axis: 2 }), x, 0);
}
