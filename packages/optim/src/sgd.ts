import { check } from "./check-setting.js";
import { defineOptimizer, type OptimizerOptions, type UpdateSettings } from "./define-optimizer.js";
import type { Optimizer, OptimizerState } from "./optimizer.js";
import { decayedGradient } from "./weight-decay.js";

/** Settings of {@link sgd}. */
export interface SgdSettings extends UpdateSettings {
  /** Share of the last step that is kept, default 0. */
  readonly momentum: number;
  /** Looks ahead along the momentum (Sutskever et al. 2013), default false; needs momentum. */
  readonly nesterov: boolean;
}

/** What {@link sgd} takes: the learning rate, and settings to change. */
export type SgdOptions = OptimizerOptions<SgdSettings> & Pick<SgdSettings, "learningRate">;

const make = defineOptimizer<SgdSettings, "momentum">({
  name: "sgd",
  // There is no default rate: NaN is refused.
  defaults: { learningRate: NaN, weightDecay: 0, momentum: 0, nesterov: false },
  shares: ["momentum"],
  elementwise: true,
  slots: ({ momentum }) => (momentum === 0 ? [] : ["momentum"]),
  update(update) {
    const { parameter, slots, learningRate, settings } = update;
    const g = decayedGradient(update);
    if (settings.momentum === 0) return { parameter: parameter.sub(g.mul(learningRate)), slots: {} };
    const b = slots.momentum.mul(settings.momentum).add(g);
    const direction = settings.nesterov ? g.add(b.mul(settings.momentum)) : b;
    return { parameter: parameter.sub(direction.mul(learningRate)), slots: { momentum: b } };
  },
});

/**
 * Stochastic gradient descent with momentum, as PyTorch writes it; weight decay is added to the gradient:
 *
 *   g = g + weightDecay p
 *   b = momentum b + g
 *   p = p - learningRate b                        or, Nesterov: p - learningRate (g + momentum b)
 *
 * @throws OptimizerError `option`
 */
export function sgd(options: SgdOptions): Optimizer<OptimizerState> {
  for (const { nesterov, momentum = options.momentum ?? 0 } of [options, ...(options.groups ?? [])]) {
    check(nesterov !== true || momentum !== 0, "sgd: nesterov needs a momentum above 0", momentum);
  }
  return make(options);
}
