import type { Tensor } from "@unroll/tensor";

import { checkSameShape, clearUncounted, lossWeights, reduceLosses, type LossOptions } from "./reduce-losses.js";

/**
 * Mean negative log-likelihood of yes-or-no targets t, in nats, from logits x and without overflow:
 *
 *   -t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x)) = max(x, 0) - t x + log(1 + exp(-|x|))
 *
 * @param logits - `[…]`, before the sigmoid.
 * @param targets - `[…]`, of the same shape: bool, or the probability of yes.
 * @throws ModuleError `shape`
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  checkSameShape("binaryCrossEntropy", { logits, targets });
  const weights = lossWeights("binaryCrossEntropy", targets.shape, options);
  const x = clearUncounted(logits, weights);
  const t = clearUncounted(targets.cast(logits.dtype), weights);
  // maximum, not relu: its gradient at 0 is 1/2, which is that of the sum.
  const losses = x.maximum(0).sub(t.mul(x)).add(x.abs().neg().exp().log1p());
  return reduceLosses(losses, weights, options);
}
