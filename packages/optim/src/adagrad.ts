import { defineOptimizer, type OptimizerOptions, type UpdateSettings } from "./define-optimizer.js";
import type { Optimizer, OptimizerState } from "./optimizer.js";
import { decayedGradient } from "./weight-decay.js";

/** Settings of {@link adagrad}. */
export interface AdagradSettings extends UpdateSettings {
  /** Added to the root, default 1e-10. */
  readonly epsilon: number;
}

/** Settings of {@link adagrad} to change from their defaults. */
export type AdagradOptions = OptimizerOptions<AdagradSettings>;

const make = defineOptimizer<AdagradSettings, "sum">({
  name: "adagrad",
  defaults: { learningRate: 1e-2, weightDecay: 0, epsilon: 1e-10 },
  elementwise: true,
  slots: () => ["sum"],
  update(update) {
    const { parameter, slots, learningRate, settings } = update;
    const g = decayedGradient(update);
    const sum = slots.sum.add(g.square());
    const step = g.div(sum.sqrt().add(settings.epsilon)).mul(learningRate);
    return { parameter: parameter.sub(step), slots: { sum } };
  },
});

/**
 * Adagrad (Duchi et al. 2011); learning rate 1e-2 unless given; weight decay is added to the gradient:
 *
 *   s = s + g^2
 *   p = p - learningRate g / (sqrt(s) + epsilon)
 *
 * @throws OptimizerError `option`
 */
export function adagrad(options: AdagradOptions = {}): Optimizer<OptimizerState> {
  return make(options);
}
