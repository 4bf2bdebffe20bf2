import { blend } from "./blend.js";
import { defineOptimizer, type OptimizerOptions, type UpdateSettings } from "./define-optimizer.js";
import type { Optimizer, OptimizerState } from "./optimizer.js";
import { decayedParameter, decayFactor } from "./weight-decay.js";

/** Settings of {@link lion}. */
export interface LionSettings extends UpdateSettings {
  /** Share of the mean in the direction, default 0.9. */
  readonly beta1: number;
  /** Share of the mean that is kept, default 0.99. */
  readonly beta2: number;
}

/** Settings of {@link lion} to change from their defaults. */
export type LionOptions = OptimizerOptions<LionSettings>;

const make = defineOptimizer<LionSettings, "m", "decay">({
  name: "lion",
  defaults: { learningRate: 1e-4, weightDecay: 0, beta1: 0.9, beta2: 0.99 },
  shares: ["beta1", "beta2"],
  elementwise: true,
  slots: () => ["m"],
  coefficients: decayFactor,
  update(update) {
    const { gradient: g, slots, learningRate, settings } = update;
    const direction = blend(slots.m, g, settings.beta1).sign();
    return {
      parameter: decayedParameter(update).sub(direction.mul(learningRate)),
      slots: { m: blend(slots.m, g, settings.beta2) },
    };
  },
});

/**
 * Lion (Chen et al. 2023); learning rate 1e-4 unless given; weight decay stands beside it, as in `adamw`:
 *
 *   p = p - learningRate (sign(beta1 m + (1 - beta1) g) + weightDecay p)
 *   m = beta2 m + (1 - beta2) g
 *
 * @throws OptimizerError `option`
 */
export function lion(options: LionOptions = {}): Optimizer<OptimizerState> {
  return make(options);
}
