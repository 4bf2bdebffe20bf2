import { conformalRadius } from "./conformal-interval.js";

/** What is known of a forecaster's errors. */
export interface ErrorHistory {
  /** Rows from which it forecast, rising. */
  readonly origins: readonly number[];
  /** What came less what was forecast, for each origin one array over the horizon; NaN for what has not come. */
  readonly errors: readonly Float64Array[];
}

// How far one miss widens the interval: by the factor e^(0.05 level).
const rate = 0.05;

/**
 * Half the widths of intervals over the horizon at some origins, each from what was known there: split conformal over the
 * last `window` errors, times a factor per step of the horizon that grows with each value outside its interval and shrinks
 * with each inside, so that in the long run the share inside is `level` whatever the errors do. What is learned about a step
 * comes as many rows late as the step is ahead.
 *
 * Sources: I. Gibbs and E. Candès, "Adaptive conformal inference under distribution shift", NeurIPS 2021; A. N. Angelopoulos,
 * E. Candès and R. J. Tibshirani, "Conformal PID control for time series prediction", NeurIPS 2023 (quantile tracking).
 *
 * @param at - origins, rising; before the first of them nothing adapts.
 * @param options - `window` in errors.
 */
export function adaptiveRadii(
  { origins, errors }: ErrorHistory,
  at: readonly number[],
  { level, window }: { readonly level: number; readonly window: number },
): Float64Array[] {
  const horizon = errors[0]?.length ?? 0;
  const radii = at.map(() => new Float64Array(horizon));
  const spacing = (origins[1] ?? 0) - (origins[0] ?? 0) || 1;
  const moments = [...new Set([...at, ...origins.filter((origin) => origin >= (at[0] as number))])].sort((a, b) => a - b);
  for (let step = 0; step < horizon; step++) {
    const known: number[] = [];
    const given = new Map<number, number>();
    let factor = 1;
    let base = 0;
    for (const moment of moments) {
      for (let next = known.length; next < origins.length && (origins[next] as number) + step < moment; next++) {
        const error = (errors[next] as Float64Array)[step] as number;
        const promised = given.get(origins[next] as number);
        if (promised !== undefined) factor *= Math.exp(rate * (Number(Math.abs(error) > promised) - (1 - level)));
        known.push(error);
      }
      const asked = at.indexOf(moment);
      if (asked >= 0) {
        base = conformalRadius(known.slice(-window), { level, overlap: Math.ceil((step + 1) / spacing) });
        (radii[asked] as Float64Array)[step] = factor * base;
      }
      given.set(moment, factor * base);
    }
  }
  return radii;
}
