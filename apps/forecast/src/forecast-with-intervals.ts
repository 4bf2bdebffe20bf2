import { adaptiveRadii } from "./adaptive-radii.js";
import type { ForecastTask } from "./forecast-task.js";
import type { Forecaster } from "./forecaster.js";
import { localScale } from "./local-scale.js";
import { rowsPerYear } from "./seasonality.js";

/** Forecast values with the ends of their intervals. */
export interface Forecast {
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

// Origins whose errors set the width of intervals.
const mostCalibrationOrigins = 1000;

/**
 * Forecasts from some origins, with intervals as wide as the errors known at each ask for: those on the rows from the
 * validation part on, over the local scale of the series, so that they are alike where it is calm and where it is not (Lei
 * et al. 2018, section 5.2).
 *
 * @param at - origins, the first where the test starts, rising.
 * @param options - `level`, the share of the values that the intervals should hold.
 */
export function forecastWithIntervals(
  forecaster: Forecaster,
  { series, target, season, horizon, validationStart, testStart }: ForecastTask,
  at: readonly number[],
  { level }: { readonly level: number },
): Forecast[] {
  const actual = series.values(target);
  const spacing = Math.ceil((series.length - validationStart) / mostCalibrationOrigins);
  const count = Math.ceil((series.length - validationStart) / spacing);
  const origins = Array.from({ length: count }, (_, index) => validationStart + index * spacing);
  // A whole year, so that calm and lively seasons are both in it.
  const scaleWindow = Math.round(Math.max(rowsPerYear(series) ?? 0, 2 * horizon, 2 * season));
  const scalesAt = (rows: readonly number[]): Float64Array => localScale(actual, rows, { season, window: scaleWindow });
  const scales = scalesAt(origins);
  const errors = forecaster.forecast(origins).map((values, index) => {
    const came = (step: number): number => actual[(origins[index] as number) + step] ?? NaN;
    return values.map((value, step) => (came(step) - value) / (scales[index] as number));
  });
  // As many as have their whole horizon in the validation part.
  const window = Math.ceil((testStart - validationStart - horizon + 1) / spacing);
  const relative = adaptiveRadii({ origins, errors }, at, { level, window });
  const widths = scalesAt(at);
  return forecaster.forecast(at).map((values, index) => {
    const radii = (relative[index] as Float64Array).map((radius) => radius * (widths[index] as number));
    return withInterval(values, radii);
  });
}

function withInterval(values: Float64Array, radii: Float64Array): Forecast {
  return {
    values,
    lower: values.map((value, step) => value - (radii[step] as number)),
    upper: values.map((value, step) => value + (radii[step] as number)),
  };
}
