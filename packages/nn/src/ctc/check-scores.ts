import type { TypedArray } from "@unroll/tensor";

import { fail } from "../error.js";

/** @throws ModuleError `scores` for NaN among the scores of a row's real steps. */
export function checkScores(operation: string, scores: TypedArray, row: number): void {
  if (!scores.some((score) => Number.isNaN(score))) return;
  fail("scores", `${operation}: scores must be numbers within inputLengths, got NaN in row ${row}`);
}
