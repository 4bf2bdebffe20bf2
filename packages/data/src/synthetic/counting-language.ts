import { fromTypedArray } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkWord } from "../checks/check-word.js";
import { fail } from "../error.js";
import { between, checkTask, type TaskBatch, type TaskOptions } from "./task-batch.js";

/** a^n b^n is context-free, a^n b^n c^n context-sensitive. */
export type CountingLanguage = "anbn" | "anbncn";

/** Symbols by id: start S, end T, then the letters. */
export const countingSymbols = "STabc";

/** Options of {@link countingBatch}. */
export interface CountingOptions extends TaskOptions {
  readonly language: CountingLanguage;
  /** Smallest n, default 1. */
  readonly least?: number;
  /** Largest n, default 10. */
  readonly most?: number;
}

/**
 * Predict what may come next in strings `S a^n b^n T` or `S a^n b^n c^n T`, n uniform in `least..most`. Inputs are int32
 * `[batch, time]` with ids into {@link countingSymbols}, from S to the last letter; targets float32 `[batch, time, 5]`
 * with 1 for each symbol that may follow: a or T after S (n may be 0), a or b after an a, and one symbol alone from the
 * first b on, which takes counting. A string is accepted when all predictions are right. Train with a small `most` and
 * test beyond it.
 *
 * Source: F. A. Gers and J. Schmidhuber, "LSTM recurrent networks learn simple context-free and context-sensitive
 * languages", IEEE Transactions on Neural Networks 12(6), 2001.
 */
export function countingBatch(options: CountingOptions): TaskBatch {
  checkTask("countingBatch", options);
  const { batchSize, generator, language, least = 1, most = 10 } = options;
  checkWord("countingBatch", "language", language, ["anbn", "anbncn"]);
  checkCount("countingBatch", "least", least);
  checkCount("countingBatch", "most", most);
  if (least > most) fail("option", `countingBatch: least must not exceed most, got ${least} and ${most}`);
  const counts = Int32Array.from({ length: batchSize }, () => between(generator, least, most));
  const letters = language === "anbn" ? "ab" : "abc";
  const lengths = counts.map((n) => 1 + letters.length * n);
  const time = lengths.reduce((longest, steps) => Math.max(longest, steps), 0);
  const inputs = new Int32Array(batchSize * time);
  const targets = new Float32Array(batchSize * time * countingSymbols.length);
  counts.forEach((n, row) => {
    const text = `S${[...letters].map((letter) => letter.repeat(n)).join("")}T`;
    for (let step = 0; step < text.length - 1; step++) {
      const symbol = text[step] as string;
      const legal = symbol === "S" ? "aT" : symbol === "a" ? "ab" : (text[step + 1] as string);
      inputs[row * time + step] = countingSymbols.indexOf(symbol);
      for (const next of legal) targets[(row * time + step) * countingSymbols.length + countingSymbols.indexOf(next)] = 1;
    }
  });
  return {
    inputs: fromTypedArray(inputs, [batchSize, time]),
    targets: fromTypedArray(targets, [batchSize, time, countingSymbols.length]),
    lengths,
  };
}
