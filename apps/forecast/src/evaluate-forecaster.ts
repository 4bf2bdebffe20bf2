import {
  intervalCoverage,
  meanAbsoluteError,
  meanAbsoluteScaledError,
  rootMeanSquaredError,
  symmetricPercentageError,
} from "@unroll/data";

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

/** How a forecaster did in the backtest, and what it says of the rows to come. */
export interface Evaluated {
  readonly name: string;
  readonly kind: "cell" | "baseline";
  readonly seconds: number;
  readonly mae: number;
  readonly rmse: number;
  /** 0 to 200. */
  readonly smape: number;
  /** Over the seasonal naive error before the test. */
  readonly mase: number;
  /** Share of the test that its intervals held. */
  readonly coverage: number;
  /** Mean absolute error at each step of the horizon. */
  readonly maeByStep: Float64Array;
  /** The forecast from each origin of the test. */
  readonly backtest: readonly Forecast[];
  /** The rows after the end. */
  readonly future: Forecast;
}

// Origins whose errors set the width of intervals.
const mostCalibrationOrigins = 1000;

/**
 * Scores a forecaster on the test. Its intervals at each origin, and those of the future, are as wide as the errors known
 * by then ask for: errors over the local scale of the series, so that they are alike where it is calm and where it is not
 * (Lei et al. 2018, section 5.2).
 */
export function evaluateForecaster(forecaster: Forecaster, task: ForecastTask, { level }: { readonly level: number }): Evaluated {
  const { series, target, folds, season, horizon, validationStart, testStart } = task;
  const actual = series.values(target);
  const spacing = Math.ceil((series.length - validationStart) / mostCalibrationOrigins);
  const count = Math.ceil((series.length - validationStart) / spacing);
  const origins = Array.from({ length: count }, (_, index) => validationStart + index * spacing);
  const asking = [...folds.map(({ origin }) => origin), series.length];
  // A whole year, so that calm and lively seasons are both in it.
  const scaleWindow = Math.max(rowsPerYear(series) ?? 0, 2 * horizon, 2 * season);
  const scaleAt = (rows: readonly number[]): Float64Array =>
    localScale(actual, rows, { season, window: Math.round(scaleWindow) });
  const scales = scaleAt(origins);
  const errors = forecaster.forecast(origins).map((values, row) =>
    values.map((value, step) => {
      const error = (actual[(origins[row] as number) + step] ?? NaN) - value;
      return error / (scales[row] as number);
    }),
  );
  const window = Math.ceil((testStart - validationStart) / spacing);
  const relative = adaptiveRadii({ origins, errors }, asking, { level, window });
  const widths = scaleAt(asking);
  const forecasts = forecaster.forecast(asking).map((values, index) => {
    const radii = relative[index] as Float64Array;
    return withInterval(
      values,
      radii.map((radius) => radius * (widths[index] as number)),
    );
  });
  const future = forecasts.at(-1) as Forecast;
  const backtest = forecasts.slice(0, -1);
  const asked = join(folds.map(({ test }) => test.values(target)));
  const given = join(backtest.map(({ values }) => values));
  return {
    name: forecaster.name,
    kind: forecaster.kind,
    seconds: forecaster.seconds,
    mae: meanAbsoluteError(asked, given),
    rmse: rootMeanSquaredError(asked, given),
    smape: symmetricPercentageError(asked, given),
    mase: meanAbsoluteScaledError(asked, given, { train: actual.subarray(0, testStart), season }),
    coverage: intervalCoverage(asked, join(backtest.map(({ lower }) => lower)), join(backtest.map(({ upper }) => upper))),
    maeByStep: Float64Array.from({ length: horizon }, (_, step) => {
      const at = (values: readonly Float64Array[]): number[] => values.map((row) => row[step] as number);
      return meanAbsoluteError(at(folds.map(({ test }) => test.values(target))), at(backtest.map(({ values }) => values)));
    }),
    backtest,
    future,
  };
}

function withInterval(values: Float64Array, radii: Float64Array): Forecast {
  return {
    values,
    lower: values.map((value, step) => value - (radii[step] as number)),
    upper: values.map((value, step) => value + (radii[step] as number)),
  };
}

function join(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
