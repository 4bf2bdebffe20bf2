import { checkWord } from "../checks/check-word.js";

/**
 * A scale of each window's own: `standard` subtracts the mean of the values it reads and divides by their deviation,
 * `last` subtracts the last of them. What it predicts is on the same scale, but never part of it.
 */
export type WindowScale = "standard" | "last";

/** Throws `option` unless a scale is a known one or left out. */
export function checkScale(operation: string, scale: WindowScale | undefined): void {
  if (scale !== undefined) checkWord(operation, "scale", scale, ["standard", "last"]);
}

/** Offset and scale of a column over the rows `start..end-1` of a window; missing values are left out. */
export function scaleOf(
  kind: WindowScale,
  values: Float64Array,
  start: number,
  end: number,
): { readonly offset: number; readonly scale: number } {
  let count = 0;
  let sum = 0;
  let last = 0;
  for (let row = start; row < end; row++) {
    const value = values[row] as number;
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    last = value;
  }
  if (kind === "last" || count === 0) return { offset: last, scale: 1 };
  const offset = sum / count;
  let squares = 0;
  for (let row = start; row < end; row++) {
    const value = values[row] as number;
    if (!Number.isNaN(value)) squares += (value - offset) ** 2;
  }
  // A constant window is only moved.
  return { offset, scale: squares > 0 ? Math.sqrt(squares / count) : 1 };
}
