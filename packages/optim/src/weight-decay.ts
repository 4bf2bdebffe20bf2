import type { Tensor } from "@unroll/tensor";

import type { ParameterUpdate, UpdateSettings, UpdateTime } from "./define-optimizer.js";

/** The gradient of the loss plus `weightDecay / 2 |p|^2`: decay that passes through the optimizer. */
export function decayedGradient({
  parameter,
  gradient,
  settings,
}: Pick<ParameterUpdate<UpdateSettings>, "parameter" | "gradient" | "settings">): Tensor {
  return settings.weightDecay === 0 ? gradient : gradient.add(parameter.mul(settings.weightDecay));
}

/** What decay beside the optimizer leaves of a parameter (Loshchilov and Hutter 2019). */
export function decayFactor({ learningRate, settings }: UpdateTime<UpdateSettings>): { readonly decay: number } {
  return { decay: 1 - learningRate * settings.weightDecay };
}

/** The parameter shrunk by {@link decayFactor}. */
export function decayedParameter({ parameter, coefficients, settings }: ParameterUpdate<UpdateSettings, never, "decay">): Tensor {
  return settings.weightDecay === 0 ? parameter : parameter.mul(coefficients.decay);
}
