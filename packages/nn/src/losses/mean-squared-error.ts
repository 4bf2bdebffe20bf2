import type { Tensor } from "@unroll/tensor";

import type { LossOptions } from "./reduce-losses.js";
import { regressionLoss } from "./regression-loss.js";

/**
 * Mean squared difference.
 *
 * @param predictions - `[…]`
 * @param targets - `[…]`, of the same shape.
 * @throws ModuleError `shape`
 */
export function meanSquaredError(predictions: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  return regressionLoss("meanSquaredError", predictions, targets, { ...options, measure: (difference) => difference.square() });
}
