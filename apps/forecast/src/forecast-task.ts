import { UserError } from "@unroll/command-line";
import {
  backtest,
  fitScaler,
  standard,
  windows,
  type BacktestFold,
  type CalendarFeature,
  type FittedScaler,
  type Series,
  type WindowOptions,
  type Windows,
} from "@unroll/data";

import { extendSeries } from "./extend-series.js";
import type { ForecastOptions } from "./forecast-options.js";
import { seasonalChange } from "./seasonal-change.js";
import { calendarOf, inferSeason, rowsPerYear } from "./seasonality.js";

/** Rows from which on a season is long: of a longer one, fewer are read, and not a whole one at each step of the network. */
export const longSeason = 48;

/** What is forecast from what: all that the models of one run share. */
export interface ForecastTask {
  readonly title: string;
  readonly series: Series;
  readonly target: string;
  readonly horizon: number;
  /** Rows of a season, 1 for none. */
  readonly season: number;
  /** Rows of a year in whole seasons, where the season is shorter and the training part holds three years. */
  readonly year: number | undefined;
  readonly calendar: readonly CalendarFeature[];
  /** Rows `0..validationStart-1` are learned from, those up to `testStart - 1` choose the weights, the rest is the test. */
  readonly validationStart: number;
  readonly testStart: number;
  /** Rows at which models are fitted on all rows before: where the test starts and, with `--refit`, in it and at its end. */
  readonly fitAt: readonly number[];
  /** The origins of the test with what is known and what is asked at each. */
  readonly folds: readonly BacktestFold[];
  /** Of the target, fitted on the training part. */
  readonly scaler: FittedScaler;
  /** How a window is cut. */
  readonly windowOptions: WindowOptions & { readonly length: number; readonly lags: readonly number[] };
  /** The scaled series with `horizon` unknown rows behind its end. */
  readonly scaled: Series;
}

/**
 * Splits a series in the order of time and works out season, window and origins.
 *
 * @throws UserError when the series is too short, or an option does not fit it.
 */
export function prepareTask(title: string, series: Series, target: string, options: ForecastOptions): ForecastTask {
  const { horizon, features } = options;
  const rows = series.length;
  const test = options.test ?? Math.max(2 * horizon, Math.floor(rows / 10));
  if (test < horizon)
    throw new UserError(`--test ${test} is shorter than the horizon of ${horizon} rows; give at least as many.`);
  if (options.refit > test) throw new UserError(`--refit ${options.refit} is more than the test has rows, ${test}; give fewer.`);
  const testStart = rows - test;
  const validationStart = testStart - Math.max(2 * horizon, Math.floor(rows / 10));
  if (validationStart < 8) failTooShort(title, rows, rows - validationStart + 8);
  const train = trainingPart(series, validationStart);
  const season = options.season ?? inferSeason(train.values(target), series.frequency);
  const length = roundUp(options.length ?? Math.max((season <= longSeason ? 8 : 2) * season, 2 * horizon, 16), season);
  const yearRows = rowsPerYear(series);
  const year = yearRows === undefined ? undefined : season * Math.round(yearRows / season);
  const seesYears = year !== undefined && year > season && year > horizon && validationStart >= 3 * year;
  // Read so many rows late, the values of last year stand beside the rows that ask for this year's.
  const lags = seesYears ? [year - horizon] : [];
  const needed = (lags[0] ?? 0) + length + horizon;
  if (validationStart < needed + horizon) failTooShort(title, rows, rows - validationStart + needed + horizon);
  const { scaler, transform } = fitScalers(series, validationStart, { target, season, features });
  return {
    title,
    series,
    target,
    horizon,
    season,
    year: seesYears ? year : undefined,
    calendar: calendarOf(train),
    validationStart,
    testStart,
    fitAt: [
      testStart,
      ...Array.from({ length: options.refit }, (_, n) => testStart + Math.ceil(((n + 1) * test) / options.refit)),
    ],
    folds: backtest(series, { initial: testStart, horizon, stride: options.stride ?? defaultStride(test, horizon) }),
    scaler,
    windowOptions: {
      length,
      horizon,
      lags,
      features: [target, ...features.filter((name) => name !== target)],
      targets: [target],
      calendar: calendarOf(train),
    },
    scaled: transform(extendSeries(series, horizon)),
  };
}

/**
 * The same task where only the rows before `row` are known: as many of them as before choose the weights, and the scaler
 * is fitted anew on the rest.
 */
export function taskAt(task: ForecastTask, row: number): ForecastTask {
  const { series, target, season, horizon, validationStart, testStart, windowOptions } = task;
  if (row === testStart) return task;
  const start = row - (testStart - validationStart);
  const fitted = fitScalers(series, start, { target, season, features: windowOptions.features ?? [] });
  return {
    ...task,
    validationStart: start,
    testStart: row,
    scaler: fitted.scaler,
    scaled: fitted.transform(extendSeries(series, horizon)),
  };
}

/** The windows whose targets lie in rows `start..end-1`; what they read may lie before. */
export function windowsBetween({ scaled, windowOptions }: ForecastTask, start: number, end: number): Windows {
  return windows(scaled.slice(Math.max(0, start - rowsBefore(windowOptions)), end), windowOptions);
}

/** Position in `windowsBetween(task, 0, …)` of the window that forecasts from an origin. */
export function windowAt({ windowOptions }: ForecastTask, origin: number): number {
  return origin - rowsBefore(windowOptions);
}

// The rows before one, with the right to be learned from.
function trainingPart(series: Series, end: number): Series {
  const [split] = backtest(series, { initial: end, horizon: 1, stride: series.length });
  return (split as BacktestFold).train;
}

function fitScalers(
  series: Series,
  end: number,
  { target, season, features }: { readonly target: string; readonly season: number; readonly features: readonly string[] },
): { readonly scaler: FittedScaler; readonly transform: (series: Series) => Series } {
  const train = trainingPart(series, end);
  const scaler = fitScaler(train, seasonalChange({ season }), { columns: [target] });
  const others = fitScaler(train, standard(), { columns: features.filter((name) => name !== target) });
  return { scaler, transform: (whole) => others.transform(scaler.transform(whole)) };
}

function rowsBefore({ length, lags }: ForecastTask["windowOptions"]): number {
  return length + Math.max(0, ...lags);
}

// The horizon, so that each row is asked for once; less where that leaves few origins.
function defaultStride(test: number, horizon: number): number {
  return Math.max(1, Math.min(horizon, Math.floor((test - horizon) / 25)));
}

function roundUp(rows: number, unit: number): number {
  return unit * Math.ceil(rows / unit);
}

function failTooShort(title: string, rows: number, needed: number): never {
  throw new UserError(
    `${title} has ${rows.toLocaleString("en-US")} rows; this window, horizon and split need at least ${needed.toLocaleString("en-US")}. ` +
      `Give more rows, or a smaller --horizon, --season, --length or --test.`,
  );
}
