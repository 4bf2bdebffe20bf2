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
import { decayedParameter, decayFactor } from "./weight-decay.js";

/** Settings of {@link adamw} to change from their defaults. */
export type AdamwOptions = OptimizerOptions<AdaptiveMomentSettings>;

const make = defineOptimizer<AdaptiveMomentSettings, MomentSlot, MomentCoefficient | "decay">({
  name: "adamw",
  defaults: { learningRate: 1e-3, weightDecay: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false },
  shares: ["beta1", "beta2"],
  elementwise: true,
  slots: momentSlots,
  coefficients: (time) => ({ ...momentCoefficients(time), ...decayFactor(time) }),
  update: (update) => momentStep(decayedParameter(update), update.gradient, update),
});

/**
 * `adam` with weight decay beside it (Loshchilov and Hutter 2019), 1e-2 unless given; learning rate 1e-3 unless given:
 *
 *   p = p - learningRate weightDecay p
 *   p = p - learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * @throws OptimizerError `option`
 */
export function adamw(options: AdamwOptions = {}): Optimizer<OptimizerState> {
  return make(options);
}
