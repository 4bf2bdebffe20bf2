import { formatShape, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { checkBlank } from "./check-blank.js";
import { lengthsOf } from "./check-lengths.js";
import { checkScores } from "./check-scores.js";

/** Which steps are real, and which class means nothing. */
export interface CtcDecodeOptions {
  /** Real steps of each row; all when left out. */
  readonly inputLengths?: Int32Array;
  /** Default 0. */
  readonly blank?: number;
}

/**
 * The likeliest class of each step, repeats joined and blanks dropped: the labels of the single best path.
 *
 * @param logits - `[batch, time, classes]`
 * @returns the labels of each row.
 * @throws ModuleError `shape`, `lengths`, `option`, and `scores` for NaN among the real steps.
 */
export function ctcGreedyDecode(logits: Tensor, { inputLengths, blank = 0 }: CtcDecodeOptions = {}): number[][] {
  const [batch = 0, time = 0, classes = 0] = logits.shape;
  if (logits.rank !== 3) fail("shape", `ctcGreedyDecode: needs logits [batch, time, classes], got ${formatShape(logits.shape)}`);
  const lengths = lengthsOf("ctcGreedyDecode", "inputLengths", { given: inputLengths, rows: batch, longest: time });
  checkBlank("ctcGreedyDecode", blank, classes);
  const scores = logits.toTypedArray();
  const best = logits.argmax({ axis: 2 }).toTypedArray();
  return Array.from(lengths, (length, row) => {
    checkScores("ctcGreedyDecode", scores.subarray(row * time * classes, (row * time + length) * classes), row);
    const path = Array.from(best.subarray(row * time, row * time + length));
    return path.filter((label, t) => label !== blank && label !== path[t - 1]);
  });
}
