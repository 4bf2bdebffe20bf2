import type { Tensor } from "@unroll/tensor";

import type { ParameterUpdate, UpdateSettings } from "./define-optimizer.js";

/** The gradient of the loss plus `weightDecay / 2 |p|^2`: decay that passes through the optimizer. */
export function decayedGradient({ parameter, gradient, settings }: ParameterUpdate<UpdateSettings>): Tensor {
  return settings.weightDecay === 0 ? gradient : gradient.add(parameter.mul(settings.weightDecay));
}

/** The parameter shrunk by `learningRate * weightDecay`: decay beside the optimizer (Loshchilov and Hutter 2019). */
export function decayedParameter({ parameter, learningRate, settings }: ParameterUpdate<UpdateSettings>): Tensor {
  return settings.weightDecay === 0 ? parameter : parameter.mul(1 - learningRate * settings.weightDecay);
}
