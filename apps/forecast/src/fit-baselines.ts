import { drift, holtWinters, linearAutoregression, movingAverage, naive, seasonalNaive, type Baseline } from "@unroll/data";

import { longSeason, type ForecastTask } from "./forecast-task.js";
import { latestOf, type Forecaster } from "./forecaster.js";

// The time of a linear autoregression grows with the square of its order.
const mostOrder = 400;

/**
 * Every baseline that suits the series, fitted on all rows before the test and wherever else the task fits anew. For the
 * errors on the validation part, which tell how wide intervals must be, it is fitted on the rows before that alone.
 */
export function fitBaselines({ series, target, season, year, horizon, validationStart, fitAt }: ForecastTask): Forecaster[] {
  const values = series.values(target);
  const [testStart = validationStart] = fitAt;
  // A fit takes twice as many rows as its order.
  const order = Math.min(season <= longSeason ? Math.max(4 * season, 7) : 28, Math.floor(validationStart / 2) - 1);
  const baselines: [name: string, Baseline][] = [
    ["naive", naive()],
    ["drift", drift()],
    ["moving average", movingAverage({ window: Math.max(season, 7) })],
    [`linear autoregression (${order})`, linearAutoregression({ order })],
  ];
  if (season > 1) {
    baselines.push(["seasonal naive", seasonalNaive({ season })], ["Holt-Winters", holtWinters({ season })]);
  }
  if (year !== undefined) {
    baselines.push(["same as a year ago", seasonalNaive({ season: year })]);
    if (year <= mostOrder && testStart > 10 * year)
      baselines.push([`linear autoregression (${year + 2})`, linearAutoregression({ order: year + 2 })]);
  }
  const fit = (name: string, baseline: Baseline, row: number): Forecaster => {
    const started = performance.now();
    const fitted = baseline.fit(values.subarray(0, row));
    return {
      name,
      kind: "baseline",
      seconds: (performance.now() - started) / 1000,
      forecast: (origins) => origins.map((origin) => fitted.forecast(values.subarray(0, origin), horizon)),
    };
  };
  return baselines.map(([name, baseline]) =>
    latestOf([validationStart, ...fitAt].map((row) => ({ from: row, forecaster: fit(name, baseline, row) }))),
  );
}
