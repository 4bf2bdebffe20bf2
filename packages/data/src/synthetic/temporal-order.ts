import { fromTypedArray } from "@unroll/tensor";

import { checkWord } from "../checks/check-word.js";
import { between, checkTask, type TaskBatch, type TaskOptions } from "./task-batch.js";

/** Symbols by id: start E, end B, the two that matter, and the four distractors. */
export const temporalOrderSymbols = "EBXYabcd";

/** Classes by id: for variant 6a the first four (XX, XY, YX, YY), for 6b all eight (XXX, XXY, …, YYY). */
export const temporalOrderClasses = "QRSUVABC";

// Steps, counted from 0 for the start symbol, between which each X or Y lies.
const places = {
  "6a": [
    [10, 20],
    [50, 60],
  ],
  "6b": [
    [10, 20],
    [33, 43],
    [66, 76],
  ],
} as const;

/**
 * Tell in which order widely separated symbols came. Inputs are int32 `[batch, time]` with ids into
 * {@link temporalOrderSymbols}, targets int32 `[batch]` with ids into {@link temporalOrderClasses}. A row starts with E,
 * ends with B and has 100 to 110 steps of random a, b, c, d between, except for an X or Y at steps 10-20 and 50-60
 * (variant 6a, four classes) or 10-20, 33-43 and 66-76 (6b, eight classes). The class is the order read as a binary
 * number with X = 0 and Y = 1.
 *
 * Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997, experiment 6.
 */
export function temporalOrderBatch(options: TaskOptions & { readonly variant: "6a" | "6b" }): TaskBatch {
  checkTask("temporalOrderBatch", options);
  const { batchSize, generator, variant } = options;
  checkWord("temporalOrderBatch", "variant", variant, ["6a", "6b"]);
  const lengths = Int32Array.from({ length: batchSize }, () => between(generator, 100, 110));
  const time = lengths.reduce((longest, steps) => Math.max(longest, steps), 0);
  const inputs = new Int32Array(batchSize * time);
  const targets = new Int32Array(batchSize);
  lengths.forEach((steps, row) => {
    const symbols = inputs.subarray(row * time, row * time + steps);
    symbols.forEach((_, step) => (symbols[step] = 4 + generator.integer(4)));
    symbols[0] = 0;
    symbols[steps - 1] = 1;
    for (const [least, most] of places[variant]) {
      const bit = generator.integer(2);
      symbols[between(generator, least, most)] = 2 + bit;
      targets[row] = (targets[row] as number) * 2 + bit;
    }
  });
  return { inputs: fromTypedArray(inputs, [batchSize, time]), targets: fromTypedArray(targets, [batchSize]), lengths };
}
