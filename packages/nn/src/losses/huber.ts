import type { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import type { LossOptions } from "./reduce-losses.js";
import { regressionLoss } from "./regression-loss.js";

/** Where {@link huber} turns from square to straight. */
export interface HuberOptions extends LossOptions {
  /** Default 1, in the unit of the targets. */
  readonly delta?: number;
}

/**
 * Half the square of a small difference d, straight beyond `delta` (Huber 1964), so that outliers pull no harder than `delta`:
 *
 *   d^2 / 2 where |d| <= delta;  delta * (|d| - delta / 2) elsewhere
 *
 * @param predictions - `[…]`
 * @param targets - `[…]`, of the same shape.
 * @throws ModuleError `shape`, `option`
 */
export function huber(predictions: Tensor, targets: Tensor, { delta = 1, ...options }: HuberOptions = {}): Tensor {
  if (!(delta > 0)) fail("option", `huber: delta must be > 0, got ${delta}`);
  const measure = (difference: Tensor): Tensor => {
    const size = difference.abs();
    const capped = size.minimum(delta);
    return capped.mul(size.sub(capped.mul(0.5)));
  };
  return regressionLoss("huber", predictions, targets, { ...options, measure });
}
