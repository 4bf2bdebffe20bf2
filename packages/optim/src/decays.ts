import { checkAmount, checkCount } from "./check-setting.js";
import { rateAt, type LearningRate, type Schedule } from "./schedule.js";

/**
 * The same rate throughout.
 *
 * @throws OptimizerError `option` unless it is at least 0 and finite.
 */
export function constantRate(rate: number): Schedule {
  checkAmount("constantRate: rate", rate);
  return () => rate;
}

/**
 * Multiplies the rate by `factor` (default 0.1) after every `every` updates. PyTorch's StepLR.
 *
 * @throws OptimizerError `option` unless `every` is a positive integer and `factor` at least 0.
 */
export function stepDecay(
  rate: LearningRate,
  { every, factor = 0.1 }: { readonly every: number; readonly factor?: number },
): Schedule {
  checkCount("stepDecay: every", every);
  checkAmount("stepDecay: factor", factor);
  return (step) => rateAt(rate, step) * factor ** Math.floor(step / every);
}

/**
 * Multiplies the rate by `factor` after each update. PyTorch's ExponentialLR.
 *
 * @throws OptimizerError `option` unless `factor` is at least 0 and finite.
 */
export function exponentialDecay(rate: LearningRate, { factor }: { readonly factor: number }): Schedule {
  checkAmount("exponentialDecay: factor", factor);
  return (step) => rateAt(rate, step) * factor ** step;
}

/**
 * Half a cosine from the rate down to `minimum` (default 0) over `steps` updates, and `minimum` from then on
 * (Loshchilov and Hutter 2017, without restarts). PyTorch's CosineAnnealingLR up to its T_max.
 *
 * @throws OptimizerError `option` unless `steps` is a positive integer and `minimum` at least 0.
 */
export function cosineDecay(
  rate: LearningRate,
  { steps, minimum = 0 }: { readonly steps: number; readonly minimum?: number },
): Schedule {
  checkCount("cosineDecay: steps", steps);
  checkAmount("cosineDecay: minimum", minimum);
  return (step) => {
    const share = (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps)) / 2;
    return minimum + (rateAt(rate, step) - minimum) * share;
  };
}
