import { OptimizerError } from "./error.js";
import { rateAt, type LearningRate, type Schedule } from "./schedule.js";

/** The same rate throughout. */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

/**
 * Multiplies the rate by `factor` (default 0.1) after every `every` updates. PyTorch's StepLR.
 *
 * @throws OptimizerError `option` unless `every` is a positive integer.
 */
export function stepDecay(
  rate: LearningRate,
  { every, factor = 0.1 }: { readonly every: number; readonly factor?: number },
): Schedule {
  checkCount("stepDecay: every", every);
  return (step) => rateAt(rate, step) * factor ** Math.floor(step / every);
}

/** Multiplies the rate by `factor` after each update. PyTorch's ExponentialLR. */
export function exponentialDecay(rate: LearningRate, { factor }: { readonly factor: number }): Schedule {
  return (step) => rateAt(rate, step) * factor ** step;
}

/**
 * Half a cosine from the rate down to `minimum` (default 0) over `steps` updates, and `minimum` from then on
 * (Loshchilov and Hutter 2017, without restarts). PyTorch's CosineAnnealingLR up to its T_max.
 *
 * @throws OptimizerError `option` unless `steps` is a positive integer.
 */
export function cosineDecay(
  rate: LearningRate,
  { steps, minimum = 0 }: { readonly steps: number; readonly minimum?: number },
): Schedule {
  checkCount("cosineDecay: steps", steps);
  return (step) => {
    const share = (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps)) / 2;
    return minimum + (rateAt(rate, step) - minimum) * share;
  };
}

/** @throws OptimizerError `option` unless `count` is a positive integer. */
export function checkCount(setting: string, count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new OptimizerError("option", `${setting} must be a positive integer, got ${count}`);
  }
}
