import { checkCount } from "./check-count.js";
import { fail } from "../error.js";

/** Throws `option` unless a number of batches already used is one of `0..length`; after all of them a pass has none left. */
export function checkStart(operation: string, start: number, length: number): void {
  checkCount(operation, "start", start, 0);
  if (start > length)
    fail(
      "option",
      `${operation}: start must be at most the ${length} batches of an epoch, got ${start}; was it counted with other options?`,
    );
}
