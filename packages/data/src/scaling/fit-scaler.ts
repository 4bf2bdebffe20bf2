import { checkArray } from "../checks/check-numbers.js";
import { showValue } from "../checks/show-value.js";
import { fail } from "../error.js";
import { checkSeries, columnMap, derive, type Segment, type Series } from "../series/series.js";
import type { Scaler } from "./scalers.js";
import { applyStep, rowsLost, undoStep, type ScalerStep } from "./step.js";

/** What a fitted scaler is saved as. */
export interface SavedScaler {
  readonly format: "unroll-scaler/1";
  readonly columns: Readonly<Record<string, readonly ScalerStep[]>>;
}

/** Changes columns as it learned from the training part, and back. */
export interface FittedScaler {
  /** Names of the columns it changes; all others stay as they are. */
  readonly columns: readonly string[];
  /** Rows at the start of each segment that have no value on the new scale, because a difference looks further back. */
  readonly rowsLost: number;
  /**
   * A series on the new scale; rows that have no value are NaN and outside the segments, so that no window has them.
   *
   * @throws DataError `option` naming the row of a value that has no logarithm.
   */
  transform(series: Series): Series;
  /**
   * The original series. Differences start from `original`: its values stand in the rows that have none on the new scale.
   *
   * @throws DataError `option` when a difference was taken and there is no `original`.
   */
  inverse(series: Series, original?: Series): Series;
  /**
   * Forecasts of one column back on the original scale.
   *
   * @param forecast - values on the new scale for the rows after `history`.
   * @param history - values on the original scale up to the forecast; the last {@link FittedScaler.rowsLost} are enough.
   */
  inverseForecast(column: string, forecast: ArrayLike<number>, history: ArrayLike<number>): Float64Array;
  /** All it learned, as plain data for {@link scalerFromJSON}. */
  toJSON(): SavedScaler;
}

/**
 * Fits scalers, applied one after another, on a training part; each column gets numbers of its own.
 *
 * @param train - a part with role `train`, from a split, a backtest or `trainOnAll`.
 * @param options - `columns`, default all but those that hold categories.
 * @throws DataError `leak` for any other series, so that nothing held out can be learned from; `too-short` without values.
 * @example
 * const scaler = fitScaler(train, [log(), seasonalDifference({ season: 7 }), standard()]);
 * const scaled = scaler.transform(validation); // with the numbers of the training part
 */
export function fitScaler(
  train: Series,
  scalers: Scaler | readonly Scaler[],
  { columns: chosen }: { readonly columns?: readonly string[] } = {},
): FittedScaler {
  checkSeries("fitScaler", train);
  if (train.role !== "train") {
    const remedy =
      train.role === "heldOut" ? "fit on the training part of the split" : "split it first, or call trainOnAll(series)";
    fail(
      "leak",
      `fitScaler: only a training part may be learned from, got a ${train.role === "heldOut" ? "held-out part" : "whole series"}; ${remedy}`,
    );
  }
  const columns = chosen ?? train.columns.filter((name) => train.categories(name) === undefined);
  checkArray("fitScaler", "columns", columns);
  const chain = Array.isArray(scalers) ? (scalers as readonly Scaler[]) : [scalers as Scaler];
  for (const scaler of chain)
    if (typeof (scaler as Partial<Scaler> | undefined)?.fit !== "function")
      fail("option", `fitScaler: needs scalers such as standard(), got ${showValue(scaler)}`);
  return fromSteps(
    new Map(
      columns.map((column) => {
        let values = train.values(column);
        let segments = train.segments;
        const steps = chain.map((scaler) => {
          const step = scaler.fit(observed(values, segments, column, scaler.name), column);
          values = applyStep(step, values, segments, placeIn(train, column));
          segments = trimmed(segments, rowsLost(step));
          return step;
        });
        return [column, steps];
      }),
    ),
  );
}

/** A scaler from what {@link FittedScaler.toJSON} gave, also after a way through JSON text. @throws DataError `format` for anything else. */
export function scalerFromJSON(saved: unknown): FittedScaler {
  const columns = (saved as Partial<SavedScaler> | null)?.columns;
  if ((saved as Partial<SavedScaler> | null)?.format !== "unroll-scaler/1" || typeof columns !== "object") {
    return fail(
      "format",
      `scalerFromJSON: needs an object with format "unroll-scaler/1" and columns, got ${JSON.stringify(saved)?.slice(0, 80)}`,
    );
  }
  for (const [column, steps] of Object.entries(columns)) {
    const bad = Array.isArray(steps) ? (steps as unknown[]).find((step) => !isStep(step)) : steps;
    if (bad !== undefined)
      fail("format", `scalerFromJSON: ${column} must hold affine, log and difference steps, got ${JSON.stringify(bad)}`);
  }
  return fromSteps(new Map(Object.entries(columns)));
}

function isStep(step: unknown): step is ScalerStep {
  if (typeof step !== "object" || step === null) return false;
  const { kind, offset, scale, shift, lag } = step as Record<string, unknown>;
  if (kind === "affine") return Number.isFinite(offset) && Number.isFinite(scale) && scale !== 0;
  return kind === "log" ? Number.isFinite(shift) : kind === "difference" && Number.isInteger(lag) && (lag as number) > 0;
}

function fromSteps(steps: ReadonlyMap<string, readonly ScalerStep[]>): FittedScaler {
  const lost = (chain: readonly ScalerStep[]): number => chain.reduce((sum, step) => sum + rowsLost(step), 0);
  const most = Math.max(0, ...[...steps.values()].map(lost));
  const inverseForecast = (column: string, forecast: ArrayLike<number>, history: ArrayLike<number>): Float64Array => {
    const chain =
      steps.get(column) ?? fail("column", `inverseForecast: columns are ${[...steps.keys()].join(", ")}, got ${column}`);
    const histories: Float64Array[] = [];
    let before: Float64Array = Float64Array.from(history);
    for (const step of chain) {
      histories.push(before);
      const whole = [{ start: 0, end: before.length }];
      const scaled = applyStep(step, before, whole, (row) => `value ${row + 1} of the history of ${column}`);
      before = scaled.subarray(Math.min(rowsLost(step), before.length));
    }
    return chain.reduceRight<Float64Array>(
      (values, step, index) => undoStep(step, values, histories[index] as Float64Array),
      Float64Array.from(forecast),
    );
  };
  return {
    columns: [...steps.keys()],
    rowsLost: most,
    transform(series) {
      checkSeries("transform", series);
      const values = columnMap(series);
      for (const [column, chain] of steps) {
        let segments = series.segments;
        let scaled = series.values(column);
        for (const step of chain) {
          scaled = applyStep(step, scaled, segments, placeIn(series, column));
          segments = trimmed(segments, rowsLost(step));
        }
        values.set(column, scaled);
      }
      return derive(series, { values, segments: trimmed(series.segments, most) });
    },
    inverse(series, original) {
      checkSeries("inverse", series);
      if (most > 0 && original === undefined) {
        fail(
          "option",
          "inverse: a difference needs the original series for the rows it starts from; pass it as the second argument",
        );
      }
      const values = columnMap(series);
      const segments = original?.segments ?? series.segments;
      for (const [column, chain] of steps) {
        const scaled = series.values(column);
        const restored = original === undefined ? new Float64Array(series.length).fill(NaN) : original.values(column).slice();
        for (const { start, end } of segments) {
          const from = Math.min(end, start + lost(chain));
          restored.set(inverseForecast(column, scaled.subarray(from, end), restored.subarray(start, from)), from);
        }
        values.set(column, restored);
      }
      return derive(series, { values, segments });
    },
    inverseForecast,
    toJSON: () => ({ format: "unroll-scaler/1", columns: Object.fromEntries(steps) }),
  };
}

const placeIn = (series: Series, column: string) => (row: number) => `${series.describeRow(row)} of ${column}`;

function trimmed(segments: readonly Segment[], rows: number): readonly Segment[] {
  if (rows === 0) return segments;
  return segments.map(({ start, end }) => ({ start: start + rows, end })).filter(({ start, end }) => start < end);
}

function observed(values: Float64Array, segments: readonly Segment[], column: string, scaler: string): Float64Array {
  const kept = values.filter((value) => !Number.isNaN(value));
  const inside = segments.length === 1 && segments[0]?.start === 0 && segments[0].end === values.length;
  const result = inside
    ? kept
    : Float64Array.from(segments.flatMap(({ start, end }) => [...values.subarray(start, end)].filter((x) => !Number.isNaN(x))));
  return result.length > 0
    ? result
    : fail("too-short", `fitScaler: ${scaler} needs a value of ${column} to learn from, got none`);
}
