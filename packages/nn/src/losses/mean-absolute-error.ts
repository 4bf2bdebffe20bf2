import type { Tensor } from "@unroll/tensor";

import type { LossOptions } from "./reduce-losses.js";
import { regressionLoss } from "./regression-loss.js";

/**
 * Mean absolute difference; its gradient is 0 where they are equal.
 *
 * @param predictions - `[…]`
 * @param targets - `[…]`, of the same shape.
 * @throws ModuleError `shape`
 */
export function meanAbsoluteError(predictions: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  return regressionLoss("meanAbsoluteError", predictions, targets, { ...options, measure: (difference) => difference.abs() });
}
