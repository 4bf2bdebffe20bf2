import { check, checkAmount } from "./check-setting.js";
import type { Optimizer, OptimizerState, PlateauState } from "./optimizer.js";

/** When {@link reduceOnPlateau} acts, and how much. */
export interface PlateauOptions {
  /** Factor on every learning rate, default 0.1. */
  readonly factor?: number;
  /** Losses without improvement that are put up with, default 10. */
  readonly patience?: number;
  /** Share of the size of the best loss by which a loss must be lower to count as better, default 1e-4. */
  readonly threshold?: number;
  /** The factors together never go below this, default 0. */
  readonly minimumScale?: number;
}

const fresh: PlateauState = { scale: 1, best: Infinity, waited: 0 };

/**
 * Lowers the learning rates of an optimizer, whatever their schedule, when the validation loss it hears through
 * `observe` stops falling. The scale is part of the state, so that it is saved with it. PyTorch's ReduceLROnPlateau.
 *
 * @throws OptimizerError `option` unless `factor` lies between 0 and 1, `patience` is a whole number and `threshold` at least 0.
 * @example
 * const optimizer = reduceOnPlateau(adam({ learningRate: 0.01 }), { patience: 2, factor: 0.5 });
 * let state = optimizer.init({});
 * for (const loss of [1, 1, 1, 1]) state = optimizer.observe(state, loss);
 * optimizer.learningRate(state); // 0.005
 */
export function reduceOnPlateau(
  optimizer: Optimizer<OptimizerState>,
  options: PlateauOptions = {},
): Required<Optimizer<OptimizerState>> {
  const { factor = 0.1, patience = 10, threshold = 1e-4, minimumScale = 0 } = options;
  check(factor > 0 && factor < 1, "reduceOnPlateau: factor must lie between 0 and 1", factor);
  check(Number.isInteger(patience) && patience >= 0, "reduceOnPlateau: patience must be a whole number, 0 or more", patience);
  checkAmount("reduceOnPlateau: threshold", threshold);
  check(minimumScale >= 0 && minimumScale <= 1, "reduceOnPlateau: minimumScale must lie in 0..1", minimumScale);
  return {
    name: optimizer.name,
    init: (parameters) => ({ ...optimizer.init(parameters), plateau: fresh }),
    update: (gradients, state, parameters) => {
      const { plateau = fresh } = state;
      const updated = optimizer.update(gradients, { ...state, plateau }, parameters);
      return { ...updated, state: { ...updated.state, plateau } };
    },
    learningRate: (state) => optimizer.learningRate?.(state) ?? NaN,
    observe(state, loss) {
      const { scale, best, waited } = state.plateau ?? fresh;
      // A share of Infinity is Infinity or NaN.
      const needed = best === Infinity ? best : best - Math.abs(best) * threshold;
      if (loss < needed) return { ...state, plateau: { scale, best: loss, waited: 0 } };
      if (waited < patience) return { ...state, plateau: { scale, best, waited: waited + 1 } };
      return { ...state, plateau: { scale: Math.max(scale * factor, minimumScale), best, waited: 0 } };
    },
  };
}
