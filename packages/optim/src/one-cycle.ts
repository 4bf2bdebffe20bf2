import { checkCount } from "./decays.js";
import type { Schedule } from "./schedule.js";

/** The shape of {@link oneCycle}. */
export interface OneCycleOptions {
  /** Updates of the whole cycle. */
  readonly steps: number;
  /** Share of the cycle in which the rate rises, default 0.3. */
  readonly warmUpShare?: number;
  /** The first rate is the highest divided by this, default 25. */
  readonly firstDivisor?: number;
  /** The last rate is the first divided by this, default 1e4. */
  readonly lastDivisor?: number;
}

/**
 * Up to `highest` and down to almost nothing, along cosines (Smith and Topin 2018). PyTorch's OneCycleLR with its
 * defaults; after the last step the rate stays.
 *
 * @throws OptimizerError `option` unless `steps` is a positive integer.
 */
export function oneCycle(highest: number, options: OneCycleOptions): Schedule {
  const { steps, warmUpShare = 0.3, firstDivisor = 25, lastDivisor = 1e4 } = options;
  checkCount("oneCycle: steps", steps);
  const first = highest / firstDivisor;
  const peak = warmUpShare * steps - 1;
  const cosine = (from: number, to: number, share: number): number => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
  return (step) => {
    if (step < peak) return cosine(first, highest, step / peak);
    return cosine(highest, first / lastDivisor, Math.min(1, (step - peak) / (steps - 1 - peak)));
  };
}
