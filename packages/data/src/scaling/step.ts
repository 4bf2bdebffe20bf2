import { fail } from "../error.js";
import type { Segment } from "../series/series.js";

/**
 * A fitted change of one column, as plain data: `affine` is `(x - offset) / scale`, `log` is `ln(x + shift)`,
 * `difference` is `x(t) - x(t - lag)`.
 */
export type ScalerStep =
  | { readonly kind: "affine"; readonly offset: number; readonly scale: number }
  | { readonly kind: "log"; readonly shift: number }
  | { readonly kind: "difference"; readonly lag: number };

/** Rows at the start of a segment for which a step has no value. */
export function rowsLost(step: ScalerStep): number {
  return step.kind === "difference" ? step.lag : 0;
}

/**
 * A column after a step, NaN outside its segments and where the step has no value.
 *
 * @param place - names a row of the column for errors.
 * @throws DataError `option` for a value that has no logarithm, which would become NaN or -Infinity.
 */
export function applyStep(
  step: ScalerStep,
  values: Float64Array,
  segments: readonly Segment[],
  place: (row: number) => string,
): Float64Array {
  const result = new Float64Array(values.length).fill(NaN);
  for (const { start, end } of segments) {
    for (let row = start + rowsLost(step); row < end; row++) {
      const value = values[row] as number;
      if (step.kind === "affine") result[row] = (value - step.offset) / step.scale;
      else if (step.kind === "log") {
        if (value + step.shift <= 0) {
          fail(
            "option",
            `log: x + shift must be positive, got ${value} + ${step.shift} in ${place(row)}; fit log with a shift above ${-value}, or choose another scaler`,
          );
        }
        result[row] = Math.log(value + step.shift);
      } else result[row] = value - (values[row - step.lag] as number);
    }
  }
  return result;
}

/**
 * Undoes a step on the values that follow `history`, which is on the scale before the step.
 *
 * @throws DataError `too-short` when a difference finds fewer than `lag` values before the first.
 */
export function undoStep(step: ScalerStep, values: ArrayLike<number>, history: ArrayLike<number>): Float64Array {
  if (step.kind === "affine") return Float64Array.from(values, (value) => value * step.scale + step.offset);
  if (step.kind === "log") return Float64Array.from(values, (value) => Math.exp(value) - step.shift);
  if (values.length > 0 && history.length < step.lag) {
    fail(
      "too-short",
      `inverse: a difference over ${step.lag} rows needs ${step.lag} values before the first, got ${history.length}`,
    );
  }
  const result = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const before = row < step.lag ? history[history.length - step.lag + row] : result[row - step.lag];
    result[row] = (values[row] as number) + (before as number);
  }
  return result;
}
