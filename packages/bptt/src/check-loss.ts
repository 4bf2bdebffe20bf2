import { Tensor } from "@unroll/tensor";

import { check } from "./check-option.js";

/**
 * What a loss gave, if it can be walked back.
 *
 * @throws TrainingError `option` unless it is a tensor of one element.
 */
export function checkLoss(loss: Tensor): Tensor {
  const fits = Tensor.isTensor(loss) && loss.size === 1;
  check(fits, "loss: must return a scalar tensor", loss, "take the mean() of what it computes, without await or item()");
  return loss;
}
