import { formatShape, sameShape, tensor, type Tensor } from "@unroll/tensor";

import { checkTensors } from "../check-tensors.js";
import { fail } from "../error.js";
import { clearUncounted, lossWeights, reduceLosses, type LossOptions } from "./reduce-losses.js";

/** The quantiles that {@link quantileLoss} asks for. */
export interface QuantileLossOptions extends LossOptions {
  /** Each in (0, 1), one per entry of the last axis of the predictions. */
  readonly quantiles: readonly number[];
}

/**
 * Pinball loss (Koenker and Bassett 1978), least where the prediction is the quantile q of the targets; the mean over all
 * quantiles:
 *
 *   max(q * (target - prediction), (q - 1) * (target - prediction))
 *
 * @param predictions - `[…, quantiles]`
 * @param targets - `[…]`; mask and weights too.
 * @throws ModuleError `shape`, `option`
 */
export function quantileLoss(predictions: Tensor, targets: Tensor, options: QuantileLossOptions): Tensor {
  checkTensors("quantileLoss", { predictions, targets });
  const { quantiles = [] } = (options as Partial<QuantileLossOptions> | undefined) ?? {};
  if (quantiles.length === 0 || quantiles.some((q) => !(q > 0 && q < 1))) {
    fail("option", `quantileLoss: quantiles must lie in (0, 1), got [${quantiles.join(", ")}]`);
  }
  const needed = [...targets.shape, quantiles.length];
  if (!sameShape(predictions.shape, needed)) {
    fail("shape", `quantileLoss: predictions must have shape ${formatShape(needed)}, got ${formatShape(predictions.shape)}`);
  }
  const weights = lossWeights("quantileLoss", needed, options);
  const missing = clearUncounted(targets.unsqueeze({ axis: -1 }).sub(predictions), weights);
  const q = tensor(quantiles, { dtype: predictions.dtype });
  return reduceLosses(missing.mul(q).maximum(missing.mul(q.sub(1))), weights, options);
}
