import { checkArray, wholeNumbers } from "../checks/check-numbers.js";
import { fail } from "../error.js";

/**
 * Cuts a sequence into consecutive parts, such as 90 % to train on, then 5 % to validate and 5 % to test: no token of a
 * later part comes before one of an earlier part. The parts are subarrays of `ids`, not copies.
 *
 * @param fractions - the share of each part; they add up to 1.
 * @throws DataError `option` when the fractions are not positive or do not add up to 1; `too-short` when a part would
 * hold fewer than two tokens, which is one to read and one to predict.
 * @example
 * splitByPosition(Int32Array.of(5, 6, 7, 8), [0.5, 0.5]); // [Int32Array [5, 6], Int32Array [7, 8]]
 */
export function splitByPosition(ids: Int32Array, fractions: readonly number[]): Int32Array[] {
  checkArray("splitByPosition", "fractions", fractions);
  const whole = wholeNumbers("splitByPosition", "ids", ids);
  const total = fractions.reduce((sum, fraction) => sum + fraction, 0);
  if (Math.abs(total - 1) > 1e-9 || fractions.some((fraction) => !(fraction > 0))) {
    fail("option", `splitByPosition: fractions must be positive and add up to 1, got [${fractions.join(", ")}] = ${total}`);
  }
  let share = 0;
  let start = 0;
  return fractions.map((fraction, part) => {
    share += fraction;
    const end = part === fractions.length - 1 ? whole.length : Math.round(share * whole.length);
    if (end - start < 2) {
      const smallest = Math.ceil(2 / Math.min(...fractions));
      fail(
        "too-short",
        `splitByPosition: every part needs at least 2 tokens, got ${end - start} in part ${part + 1} of ${fractions.length} (${fraction} of ${whole.length}); give about ${smallest} tokens or more, or larger fractions`,
      );
    }
    const slice = whole.subarray(start, end);
    start = end;
    return slice;
  });
}
