import {
  momentCoefficients,
  momentSlots,
  momentStep,
  type AdaptiveMomentSettings,
  type MomentCoefficient,
  type MomentSlot,
} from "./adaptive-moments.js";
import { defineOptimizer, type OptimizerOptions } from "./define-optimizer.js";
import type { Optimizer, OptimizerState } from "./optimizer.js";
import { decayedGradient } from "./weight-decay.js";

/** Settings of {@link adam} to change from their defaults. */
export type AdamOptions = OptimizerOptions<AdaptiveMomentSettings>;

const make = defineOptimizer<AdaptiveMomentSettings, MomentSlot, MomentCoefficient>({
  name: "adam",
  defaults: { learningRate: 1e-3, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false },
  shares: ["beta1", "beta2"],
  elementwise: true,
  slots: momentSlots,
  coefficients: momentCoefficients,
  update: (update) => momentStep(update.parameter, decayedGradient(update), update),
});

/**
 * Adam (Kingma and Ba 2015); learning rate 1e-3 unless given; weight decay is added to the gradient:
 *
 *   m = beta1 m + (1 - beta1) g
 *   v = beta2 v + (1 - beta2) g^2                 AMSGrad: the largest v so far stands for v below
 *   p = p - learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * @throws OptimizerError `option`
 */
export function adam(options: AdamOptions = {}): Optimizer<OptimizerState> {
  return make(options);
}
