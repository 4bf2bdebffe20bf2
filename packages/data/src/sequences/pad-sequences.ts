import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkArray, checkNumbers, wholeNumbers } from "../checks/check-numbers.js";
import { fail } from "../error.js";

/** Sequences of unequal length side by side. */
export interface PaddedSequences {
  /** int32 `[batch, time]`, or float32 `[batch, time, features]`. */
  readonly inputs: Tensor;
  /** bool `[batch, time]`, true where a step is real. */
  readonly mask: Tensor;
  /** Steps of each row. */
  readonly lengths: Int32Array;
}

/**
 * Sequences padded behind their end to the longest, or to `length`.
 *
 * @param sequences - ids, or with `features` the values of each step one after another.
 * @param options - `value` of the padding, default 0.
 * @throws DataError `too-short` without sequences; `option` when one is longer than `length` or no multiple of `features`,
 * or holds anything but whole numbers without being a Float32Array.
 * @example
 * padSequences([Int32Array.of(5, 6, 7), Int32Array.of(8)]).inputs; // [[5, 6, 7], [8, 0, 0]]
 */
export function padSequences(
  sequences: readonly Int32Array[] | readonly Float32Array[],
  { features, length, value = 0 }: { readonly features?: number; readonly length?: number; readonly value?: number } = {},
): PaddedSequences {
  const width = features ?? 1;
  checkCount("padSequences", "features", width);
  checkArray("padSequences", "sequences", sequences);
  if (sequences.length === 0) fail("too-short", "padSequences: needs at least one sequence, got none");
  const isFloat = (sequences[0] as unknown) instanceof Float32Array;
  sequences.forEach((sequence, row) => {
    const name = `sequence ${row + 1}`;
    if (isFloat) checkNumbers("padSequences", name, sequence);
    else wholeNumbers("padSequences", name, sequence);
  });
  const lengths = Int32Array.from(sequences.map((sequence) => sequence.length / width));
  const longest = lengths.reduce((most, steps) => Math.max(most, steps), 0);
  const time = length ?? longest;
  sequences.forEach((sequence, row) => {
    if (sequence.length % width !== 0)
      fail(
        "option",
        `padSequences: lengths must be multiples of features = ${width}, got ${sequence.length} in sequence ${row + 1}`,
      );
    if ((lengths[row] as number) > time)
      fail(
        "option",
        `padSequences: length must be at least that of each sequence, got ${time} and ${lengths[row]} in sequence ${row + 1}; cut it first`,
      );
  });
  const data = new (isFloat ? Float32Array : Int32Array)(sequences.length * time * width).fill(value);
  const mask = new Uint8Array(sequences.length * time);
  sequences.forEach((sequence, row) => {
    data.set(sequence, row * time * width);
    mask.fill(1, row * time, row * time + (lengths[row] as number));
  });
  const shape = features === undefined ? [sequences.length, time] : [sequences.length, time, features];
  return { inputs: fromTypedArray(data, shape), mask: fromTypedArray(mask, [sequences.length, time]), lengths };
}
