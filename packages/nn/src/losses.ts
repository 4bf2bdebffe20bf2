import type { Tensor } from "@unroll/tensor";

/** Which elements count, and how much. */
export interface LossOptions {
  /** Shape of the targets; bool (true counts) or float weights. The loss is the weighted mean. */
  readonly mask?: Tensor;
}

function weightedMean(losses: Tensor, { mask }: LossOptions): Tensor {
  if (mask === undefined) return losses.mean();
  const weights = mask.cast(losses.dtype);
  return losses.mul(weights).sum().div(weights.sum().maximum(1e-30));
}

/**
 * Mean negative log-likelihood of the targets, in nats.
 *
 * @param logits - `[…, classes]`, unnormalised.
 * @param targets - `[…]` int32, 0..classes-1.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  const picked = logits.logSoftmax().takeAlong(targets.unsqueeze({ axis: -1 }), { axis: -1 });
  return weightedMean(picked.reshape(targets.shape).neg(), options);
}

/** Mean squared difference. Both of the same shape. */
export function meanSquaredError(predictions: Tensor, targets: Tensor, options: LossOptions = {}): Tensor {
  return weightedMean(predictions.sub(targets).square(), options);
}
