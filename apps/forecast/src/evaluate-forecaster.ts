import {
  intervalCoverage,
  meanAbsoluteError,
  meanAbsoluteScaledError,
  rootMeanSquaredError,
  symmetricPercentageError,
} from "@unroll/data";

import type { ForecastTask } from "./forecast-task.js";
import { forecastWithIntervals, type Forecast } from "./forecast-with-intervals.js";
import type { Forecaster } from "./forecaster.js";

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

/** Scores a forecaster on the test, and lets it say what comes after the end. */
export function evaluateForecaster(forecaster: Forecaster, task: ForecastTask, options: { readonly level: number }): Evaluated {
  const { series, target, folds, season, horizon, testStart } = task;
  const actual = series.values(target);
  const asking = [...folds.map(({ origin }) => origin), series.length];
  const forecasts = forecastWithIntervals(forecaster, task, asking, options);
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

function join(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
