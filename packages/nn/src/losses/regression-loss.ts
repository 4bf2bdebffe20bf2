import type { Tensor } from "@unroll/tensor";

import { checkSameShape, clearUncounted, lossWeights, reduceLosses, type LossOptions } from "./reduce-losses.js";

/** A loss that depends on `predictions - targets` alone: `measure` turns each difference into a loss. */
export function regressionLoss(
  operation: string,
  predictions: Tensor,
  targets: Tensor,
  { measure, ...options }: LossOptions & { readonly measure: (difference: Tensor) => Tensor },
): Tensor {
  checkSameShape(operation, { predictions, targets });
  const weights = lossWeights(operation, targets.shape, options);
  return reduceLosses(measure(clearUncounted(predictions.sub(targets), weights)), weights, options);
}
