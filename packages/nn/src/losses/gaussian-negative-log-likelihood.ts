import type { Tensor } from "@unroll/tensor";

import { checkSameShape, clearUncounted, lossWeights, reduceLosses, type LossOptions } from "./reduce-losses.js";

/**
 * Mean negative log-likelihood of the targets under normal distributions, in nats (Nix and Weigend 1994). The network gives the
 * logarithm of the variance, which may be any number:
 *
 *   (log(2 pi) + logVariance + (target - mean)^2 / exp(logVariance)) / 2
 *
 * @param means - `[…]`
 * @param logVariances - `[…]`, of the same shape.
 * @param targets - `[…]`, of the same shape.
 * @throws ModuleError `shape`
 */
export function gaussianNegativeLogLikelihood(
  means: Tensor,
  logVariances: Tensor,
  targets: Tensor,
  options: LossOptions = {},
): Tensor {
  checkSameShape("gaussianNegativeLogLikelihood", { means, logVariances, targets });
  const weights = lossWeights("gaussianNegativeLogLikelihood", targets.shape, options);
  const difference = clearUncounted(means.sub(targets), weights);
  const spread = clearUncounted(logVariances, weights);
  const losses = difference
    .square()
    .mul(spread.neg().exp())
    .add(spread)
    .add(Math.log(2 * Math.PI))
    .mul(0.5);
  return reduceLosses(losses, weights, options);
}
