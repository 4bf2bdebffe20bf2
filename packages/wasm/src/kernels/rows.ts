import type { Walk } from "../layout.js";

/** Whether an operand of a walk has gaps along the last axis, which no kernel of rows takes. */
export function isGapped({ strides }: Walk, index: number): boolean {
  const step = strides[index]?.at(-1) ?? 0;
  return step !== 0 && step !== 1;
}

/** A size or a step for each of the last two axes; `filler` where there is none. */
export function lastTwo(values: readonly number[] | undefined, filler: number): [number, number] {
  return [values?.at(-2) ?? filler, values?.at(-1) ?? filler];
}
