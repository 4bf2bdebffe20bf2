import { checkCount } from "../checks/check-count.js";
import { checkNumbers } from "../checks/check-numbers.js";
import { given } from "../checks/given.js";
import { showValue } from "../checks/show-value.js";
import { fail } from "../error.js";

/** Perplexity of a cross entropy in nats per token. @throws DataError `option` for one below 0, as only a log likelihood is. */
export function perplexity(nats: number): number {
  checkCrossEntropy("perplexity", nats);
  return Math.exp(nats);
}

/** Bits per character of a cross entropy in nats per character. @throws as {@link perplexity}. */
export function bitsPerCharacter(nats: number): number {
  checkCrossEntropy("bitsPerCharacter", nats);
  return nats / Math.LN2;
}

/** Share of predictions that are right. @throws DataError `option` for unequal lengths, `too-short` for none. */
export function accuracy(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkPairs("accuracy", actual, predicted);
  let right = 0;
  for (let row = 0; row < actual.length; row++) if (actual[row] === predicted[row]) right++;
  return right / actual.length;
}

/** How often each class (row) was predicted as each (column). @throws DataError as {@link accuracy}, and `unknown-token` for a class outside 0..classes-1. */
export function confusionMatrix(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: { readonly classes: number },
): number[][] {
  const { classes } = given(options);
  checkPairs("confusionMatrix", actual, predicted);
  checkCount("confusionMatrix", "classes", classes);
  const counts = Array.from({ length: classes }, () => Array<number>(classes).fill(0));
  for (let row = 0; row < actual.length; row++) {
    const [from, to] = [actual[row] as number, predicted[row] as number];
    const line = counts[from];
    if (line?.[to] === undefined)
      fail(
        "unknown-token",
        `confusionMatrix: classes lie in 0..${classes - 1}, got ${from} predicted as ${to} in row ${row + 1}`,
      );
    line[to]++;
  }
  return counts;
}

/** Precision, recall and their harmonic mean F1 of one class; 0 where nothing was predicted or there. */
export interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows of the class. */
  readonly support: number;
}

/**
 * F1 of each class and their plain mean. Classes that neither occur nor are predicted do not count in the mean.
 *
 * Source: C. J. van Rijsbergen, Information Retrieval, 2nd ed., 1979, chapter 7.
 */
export function f1Scores(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: { readonly classes: number },
): { readonly macro: number; readonly perClass: readonly ClassScore[] } {
  const counts = confusionMatrix(actual, predicted, options);
  const used: number[] = [];
  const perClass = counts.map((line, label) => {
    const right = line[label] as number;
    const support = line.reduce((sum, count) => sum + count, 0);
    const claimed = counts.reduce((sum, other) => sum + (other[label] as number), 0);
    const f1 = support + claimed === 0 ? 0 : (2 * right) / (support + claimed);
    if (support + claimed > 0) used.push(f1);
    return { precision: claimed === 0 ? 0 : right / claimed, recall: support === 0 ? 0 : right / support, f1, support };
  });
  return { macro: used.reduce((sum, f1) => sum + f1, 0) / used.length, perClass };
}

function checkPairs(operation: string, actual: ArrayLike<number>, predicted: ArrayLike<number>): void {
  checkNumbers(operation, "actual", actual);
  checkNumbers(operation, "predicted", predicted);
  if (actual.length !== predicted.length) {
    fail("option", `${operation}: needs as many predictions as actual classes, got ${predicted.length} and ${actual.length}`);
  }
  if (actual.length === 0) fail("too-short", `${operation}: needs at least one row, got none`);
}

// The rounding of float32 may bring a cross entropy of 0 a little below it; NaN is what became of a training.
function checkCrossEntropy(operation: string, nats: number): void {
  if (typeof nats !== "number" || nats < -1e-5)
    fail("option", `${operation}: a cross entropy is not below 0, got ${showValue(nats)}; change the sign of a log likelihood`);
}
