import { refuse } from "./refuse.js";

/** Throws `option` unless a value is an array, typed or not. A text is none, nor is a tensor. */
export function checkArray(operation: string, name: string, values: unknown, rule = "an array"): void {
  if (typeof values === "object" && values !== null && Number.isInteger((values as ArrayLike<unknown>).length)) return;
  refuse(operation, name, rule, values);
}

/** Throws `option` unless a value is an array of numbers from a position on; NaN counts as one. */
export function checkNumbers(operation: string, name: string, values: ArrayLike<unknown>, from = 0): void {
  checkArray(operation, name, values);
  // The elements of a typed array are all of one kind.
  const end = ArrayBuffer.isView(values) ? Math.min(from + 1, values.length) : values.length;
  for (let position = from; position < end; position++) {
    if (typeof values[position] !== "number") refuse(operation, `${name} at position ${position}`, "a number", values[position]);
  }
}

/**
 * The whole numbers of an array, without a copy where it is an Int32Array.
 *
 * @throws DataError `option` for anything else, such as fractions, which an Int32Array would cut off.
 */
export function wholeNumbers(operation: string, name: string, values: ArrayLike<number>): Int32Array {
  if (values instanceof Int32Array) return values;
  checkArray(operation, name, values, typeof values === "string" ? "ids, as encode makes them of a text" : undefined);
  const result = new Int32Array(values.length);
  for (let position = 0; position < result.length; position++) {
    const value = values[position] as number;
    if (!Number.isInteger(value) || value !== (value | 0))
      refuse(operation, `${name} at position ${position}`, "a whole number", value);
    result[position] = value;
  }
  return result;
}
