import { check, checkAmount, checkCount } from "./check-setting.js";
import type { Schedule } from "./schedule.js";

/** The shape of {@link oneCycle}. */
export interface OneCycleOptions {
  /** Updates of the whole cycle. */
  readonly steps: number;
  /** Share of the cycle in which the rate rises, default 0.3; with 1 it never falls. */
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
 * @throws OptimizerError `option` unless `steps` is a positive integer, `warmUpShare` lies in 0..1 and the divisors are above 0.
 */
export function oneCycle(highest: number, options: OneCycleOptions): Schedule {
  const { steps, warmUpShare = 0.3, firstDivisor = 25, lastDivisor = 1e4 } = options;
  checkAmount("oneCycle: highest", highest);
  checkCount("oneCycle: steps", steps);
  check(warmUpShare >= 0 && warmUpShare <= 1, "oneCycle: warmUpShare must lie in 0..1", warmUpShare);
  check(firstDivisor > 0, "oneCycle: firstDivisor must be above 0", firstDivisor);
  check(lastDivisor > 0, "oneCycle: lastDivisor must be above 0", lastDivisor);
  const first = highest / firstDivisor;
  const peak = warmUpShare * steps - 1;
  const fall = steps - 1 - peak;
  const cosine = (from: number, to: number, share: number): number => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
  return (step) => {
    if (step < peak) return cosine(first, highest, step / peak);
    return cosine(highest, first / lastDivisor, fall > 0 ? Math.min(1, (step - peak) / fall) : 0);
  };
}
