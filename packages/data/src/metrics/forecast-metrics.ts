import { checkCount } from "../checks/check-count.js";
import { checkNumbers } from "../checks/check-numbers.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";

// Mean over the pairs whose actual value is not missing.
function meanOver(
  operation: string,
  actual: ArrayLike<number>,
  other: ArrayLike<number>,
  error: (a: number, b: number, row: number) => number,
): number {
  checkNumbers(operation, "actual", actual);
  checkNumbers(operation, "forecast", other);
  if (actual.length !== other.length) {
    fail("option", `${operation}: needs as many forecasts as actual values, got ${other.length} and ${actual.length}`);
  }
  let sum = 0;
  let count = 0;
  for (let row = 0; row < actual.length; row++) {
    const value = actual[row] as number;
    if (Number.isNaN(value)) continue;
    sum += error(value, other[row] as number, row);
    count++;
  }
  return count > 0 ? sum / count : fail("too-short", `${operation}: needs at least one actual value, got none`);
}

/** Mean absolute error. Here and below, rows whose actual value is missing (NaN) are left out. @throws DataError `option` for unequal lengths, `too-short` for no rows. */
export function meanAbsoluteError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return meanOver("meanAbsoluteError", actual, forecast, (a, f) => Math.abs(a - f));
}

/** Square root of the mean squared error. */
export function rootMeanSquaredError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return Math.sqrt(meanOver("rootMeanSquaredError", actual, forecast, (a, f) => (a - f) ** 2));
}

/** Symmetric mean absolute percentage error, `mean of 200 |a - f| / (|a| + |f|)`, on 0..200; two zeros count 0. Source: the M3 and M4 competitions (Makridakis et al.). */
export function symmetricPercentageError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return meanOver("symmetricPercentageError", actual, forecast, (a, f) =>
    a === f ? 0 : (200 * Math.abs(a - f)) / (Math.abs(a) + Math.abs(f)),
  );
}

/**
 * Mean absolute scaled error: the error over that of the seasonal naive forecast one season ahead within the training
 * part, so that below 1 is better than it did there.
 *
 * Source: R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast accuracy", International Journal of
 * Forecasting 22, 2006.
 *
 * @param options - `season` in rows, default 1 (the naive forecast).
 */
export function meanAbsoluteScaledError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  options: { readonly train: ArrayLike<number>; readonly season?: number },
): number {
  const { train, season = 1 } = given(options);
  checkNumbers("meanAbsoluteScaledError", "train", train);
  checkCount("meanAbsoluteScaledError", "season", season);
  if (train.length <= season)
    fail("too-short", `meanAbsoluteScaledError: train needs more than ${season} values, got ${train.length}`);
  let sum = 0;
  let count = 0;
  for (let row = season; row < train.length; row++) {
    const step = Math.abs((train[row] as number) - (train[row - season] as number));
    if (Number.isNaN(step)) continue;
    sum += step;
    count++;
  }
  if (!(sum > 0))
    fail("option", "meanAbsoluteScaledError: the training values must change from season to season, got none that do");
  return meanAbsoluteError(actual, forecast) / (sum / count);
}

/** Pinball loss of a quantile forecast: its mean is least for the true quantile. Source: R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46, 1978. */
export function pinballLoss(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  options: { readonly quantile: number },
): number {
  const { quantile } = given(options);
  if (!(quantile > 0 && quantile < 1)) fail("option", `pinballLoss: quantile must lie between 0 and 1, got ${quantile}`);
  return meanOver("pinballLoss", actual, forecast, (a, f) => (a >= f ? quantile * (a - f) : (1 - quantile) * (f - a)));
}

/** Share of the actual values that lie within their interval, ends included. */
export function intervalCoverage(actual: ArrayLike<number>, lower: ArrayLike<number>, upper: ArrayLike<number>): number {
  checkNumbers("intervalCoverage", "lower", lower);
  checkNumbers("intervalCoverage", "upper", upper);
  if (lower.length !== upper.length)
    fail("option", `intervalCoverage: needs as many lower as upper ends, got ${lower.length} and ${upper.length}`);
  return meanOver("intervalCoverage", actual, lower, (a, low, row) => (a >= low && a <= (upper[row] as number) ? 1 : 0));
}
