import { areaY, axisX, axisY, gridY, lineY, ruleX, text } from "@observablehq/plot";

import { dashes, inkOf, inks, type ChartContent } from "./chart.js";
import type { Evaluated } from "./evaluate-forecaster.js";
import { futureTimes } from "./extend-series.js";
import type { ForecastTask } from "./forecast-task.js";
import type { Forecast } from "./forecast-with-intervals.js";

interface Point {
  readonly x: Date | number;
  readonly y: number;
}

interface Band extends Point {
  readonly lower: number;
  readonly upper: number;
}

/** The end of the history, and the winner's forecast of what follows with its intervals. */
export function futureChart(task: ForecastTask, winner: Evaluated): ChartContent {
  const { series, target, horizon } = task;
  const shown = Math.min(series.length, Math.max(4 * horizon, 2 * task.season));
  const history = points(task, series.length - shown, series.values(target).subarray(series.length - shown));
  const band = bands(task, series.length, winner.future);
  const ink = inkOf(winner);
  return {
    ...axes(task, history.at(-1)?.x instanceof Date),
    marks: [
      ...grid(task),
      areaY(band, { x: "x", y1: "lower", y2: "upper", fill: ink, fillOpacity: 0.2 }),
      lineY(history, { x: "x", y: "y", stroke: inks.history, strokeWidth: 1.2 }),
      ruleX([(band[0] as Band).x], { stroke: inks.history, strokeDasharray: "2,3", strokeOpacity: 0.6 }),
      lineY(band, { x: "x", y: "y", stroke: ink, strokeWidth: 2 }),
      text([winner.name], { frameAnchor: "top-right", fill: ink, fontSize: 12, dy: -14 }),
    ],
  };
}

/** The last origins of the backtest: what came, and what was forecast with its intervals. */
export function backtestChart(task: ForecastTask, winner: Evaluated): ChartContent {
  const { series, target, horizon, folds } = task;
  const stride = folds.length > 1 ? (folds[1] as { origin: number }).origin - (folds[0] as { origin: number }).origin : horizon;
  // Origins that overlap would hide one another.
  const step = Math.max(1, Math.ceil(horizon / stride));
  const picked = folds
    .map((fold, index) => ({ fold, forecast: winner.backtest[index] as Forecast }))
    .filter((_, index) => (folds.length - 1 - index) % step === 0)
    .slice(-6);
  const first = (picked[0] as { fold: { origin: number } }).fold.origin;
  const actual = points(task, first, series.values(target).subarray(first));
  const ink = inkOf(winner);
  return {
    ...axes(task, actual[0]?.x instanceof Date),
    marks: [
      ...grid(task),
      ...picked.map(({ fold, forecast }) =>
        areaY(bands(task, fold.origin, forecast), { x: "x", y1: "lower", y2: "upper", fill: ink, fillOpacity: 0.2 }),
      ),
      lineY(actual, { x: "x", y: "y", stroke: inks.history, strokeWidth: 1.2 }),
      ...picked.map(({ fold, forecast }) =>
        lineY(bands(task, fold.origin, forecast), { x: "x", y: "y", stroke: ink, strokeWidth: 1.8 }),
      ),
      ruleX(
        picked.map(({ fold }) => timeAt(task, fold.origin)),
        { stroke: inks.history, strokeDasharray: "2,3", strokeOpacity: 0.6 },
      ),
    ],
  };
}

/** A model with the look of its line. */
export interface ShownModel {
  readonly model: Evaluated;
  readonly ink: string;
  readonly dash: string;
}

/** The models of {@link errorChart}: every cell and the two best baselines. */
export function shownModels(results: readonly Evaluated[]): ShownModel[] {
  return (["cell", "baseline"] as const).flatMap((kind) =>
    results
      .filter((model) => model.kind === kind)
      .slice(0, inks[kind].length)
      .map((model, index) => ({ model, ink: inks[kind][index] as string, dash: dashes[index] as string })),
  );
}

/** The error of some models at each step of the horizon. */
export function errorChart({ target }: ForecastTask, models: readonly ShownModel[]): ChartContent {
  return {
    marginLeft: 56,
    marginRight: 16,
    y: { zero: true, nice: true },
    marks: [
      gridY({ strokeOpacity: 0.15 }),
      axisY({ label: `mean absolute error of ${target}` }),
      axisX({ label: "rows ahead" }),
      ...models.map(({ model, ink, dash }) =>
        lineY(
          Array.from(model.maeByStep, (y, step) => ({ x: step + 1, y })),
          { x: "x", y: "y", stroke: ink, strokeDasharray: dash, strokeWidth: 1.8 },
        ),
      ),
    ],
  };
}

function axes({ target }: ForecastTask, timed: boolean): Pick<ChartContent, "x" | "y" | "marginLeft" | "marginRight"> {
  return {
    marginLeft: 56,
    marginRight: 16,
    x: { label: null, type: timed ? "utc" : "linear" },
    y: { label: target, nice: true },
  };
}

function grid({ target }: ForecastTask): readonly [ReturnType<typeof gridY>, ReturnType<typeof axisY>, ReturnType<typeof axisX>] {
  return [gridY({ strokeOpacity: 0.15 }), axisY({ label: target }), axisX({ label: null, ticks: 5 })];
}

function timeAt(task: ForecastTask, row: number): Date | number {
  const { times, length } = task.series;
  const time = row < length ? times?.[row] : futureTimes(task.series, row - length + 1)?.at(-1);
  return time === undefined ? row + 1 : new Date(time);
}

function points(task: ForecastTask, start: number, values: Float64Array): Point[] {
  return Array.from(values, (y, index) => ({ x: timeAt(task, start + index), y }));
}

function bands(task: ForecastTask, start: number, { values, lower, upper }: Forecast): Band[] {
  return points(task, start, values).map((point, step) => ({
    ...point,
    lower: lower[step] as number,
    upper: upper[step] as number,
  }));
}
