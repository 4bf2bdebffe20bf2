import fc from "fast-check";

import { SerializeError } from "../error.js";

/** What became of many hostile files. */
export interface Outcomes {
  readonly valid: number;
  readonly refused: number;
  /** The longest that one took. */
  readonly slowestMilliseconds: number;
}

/** Reads `count` (default 10,000) files, always the same ones; anything but a result or a SerializeError is a failure, shrunk by fast-check. */
export function countOutcomes<T>(
  kind: string,
  files: fc.Arbitrary<T>,
  read: (file: T) => void,
  { count = 10_000 }: { readonly count?: number } = {},
): Outcomes {
  const outcomes = { valid: 0, refused: 0, slowestMilliseconds: 0 };
  fc.assert(
    fc.property(files, (file) => {
      const start = performance.now();
      try {
        read(file);
        outcomes.valid++;
      } catch (error) {
        if (!(error instanceof SerializeError)) throw error;
        outcomes.refused++;
      }
      outcomes.slowestMilliseconds = Math.max(outcomes.slowestMilliseconds, performance.now() - start);
    }),
    { numRuns: count, seed: 8 },
  );
  const { valid, refused, slowestMilliseconds } = outcomes;
  console.info(`${kind}: ${valid} valid, ${refused} refused, the slowest took ${slowestMilliseconds.toFixed(1)} ms`);
  return outcomes;
}
