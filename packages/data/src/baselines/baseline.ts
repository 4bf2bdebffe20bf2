import { checkCount } from "../checks/check-count.js";
import { checkArray, checkNumbers } from "../checks/check-numbers.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";

/** A simple way to forecast, to be put beside a network. */
export interface Baseline {
  readonly name: string;
  /** Learns from the values of the training part, in the order of time and without missing ones. */
  fit(train: ArrayLike<number>): FittedBaseline;
}

/** Forecasts from any history, with what was learned from the training part. */
export interface FittedBaseline {
  readonly name: string;
  /** The `horizon` values after `history`. @throws DataError `too-short` when it looks further back than the history goes. */
  forecast(history: ArrayLike<number>, horizon: number): Float64Array;
}

/** Throws `too-short` unless there are enough values, and `missing-value` where one is NaN. */
export function checkHistory(name: string, values: ArrayLike<number>, least: number): void {
  checkArray(name, "values", values);
  if (values.length < least) fail("too-short", `${name}: needs at least ${least} values, got ${values.length}`);
  checkNumbers(name, "values", values, values.length - least);
  for (let row = values.length - least; row < values.length; row++) {
    if (Number.isNaN(values[row]))
      fail("missing-value", `${name}: needs values without a gap, got none at position ${row}; fill missing values first`);
  }
}

/** The same for all of the values, which are at least so many. */
export function checkWholeHistory(name: string, values: ArrayLike<number>, least: number): void {
  checkArray(name, "values", values);
  checkHistory(name, values, Math.max(values.length, least));
}

// A baseline that learns nothing.
function direct(name: string, least: number, next: (history: ArrayLike<number>, step: number) => number): Baseline {
  const fitted: FittedBaseline = {
    name,
    forecast(history, horizon) {
      checkCount(name, "horizon", horizon);
      checkHistory(name, history, least);
      return Float64Array.from({ length: horizon }, (_, step) => next(history, step));
    },
  };
  return { name, fit: () => fitted };
}

/** The last value again and again: the best forecast of a random walk. */
export function naive(): Baseline {
  return direct("naive", 1, (history) => history[history.length - 1] as number);
}

/** The last season again and again; `season` in rows. */
export function seasonalNaive(options: { readonly season: number }): Baseline {
  const { season } = given(options);
  checkCount("seasonalNaive", "season", season);
  return direct("seasonal naive", season, (history, step) => history[history.length - season + (step % season)] as number);
}

/** The line through the first and the last value of the history, drawn on. */
export function drift(): Baseline {
  return direct("drift", 2, (history, step) => {
    const last = history[history.length - 1] as number;
    return last + ((step + 1) * (last - (history[0] as number))) / (history.length - 1);
  });
}

/** The mean of the last `window` values, for all steps. */
export function movingAverage(options: { readonly window: number }): Baseline {
  const { window } = given(options);
  checkCount("movingAverage", "window", window);
  return direct("moving average", window, (history) => {
    let sum = 0;
    for (let row = history.length - window; row < history.length; row++) sum += history[row] as number;
    return sum / window;
  });
}
