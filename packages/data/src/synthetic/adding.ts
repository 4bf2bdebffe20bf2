import { fromTypedArray } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkWord } from "../checks/check-word.js";
import { between, checkTask, type TaskBatch, type TaskOptions } from "./task-batch.js";

/**
 * Add the two marked numbers. Inputs are float32 `[batch, time, 2]` (number, marker), targets float32 `[batch, 1]`.
 *
 * `protocol: "hochreiter1997"`: numbers are uniform in [-1, 1]; a row has between `length` and 1.1 `length` steps; one
 * of the first 10 pairs and one more of the first `length / 2 - 1` are marked 1, the first and the last pair -1, all
 * others 0; a marked first pair counts as 0; the target is `0.5 + (x1 + x2) / 4`, and an error below 0.04 is a success.
 * Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997, experiment 4.
 *
 * `protocol: "le2015"`: numbers are uniform in [0, 1], every row has `length` steps, two different steps are marked 1 and
 * all others 0, the target is `x1 + x2`; answering 1 always has a mean squared error of 1/6.
 * Source: Q. V. Le, N. Jaitly and G. E. Hinton, "A simple way to initialize recurrent networks of rectified linear
 * units", arXiv 1504.00941, section 4.1.
 *
 * @throws DataError `option` when `length` is below 22 (`hochreiter1997`: ten pairs to choose from and another) or 2.
 */
export function addingBatch(
  options: TaskOptions & { readonly length: number; readonly protocol: "hochreiter1997" | "le2015" },
): TaskBatch {
  checkTask("addingBatch", options);
  const { batchSize, generator, length, protocol } = options;
  checkWord("addingBatch", "protocol", protocol, ["hochreiter1997", "le2015"]);
  const early = protocol === "hochreiter1997";
  checkCount("addingBatch", "length", length, early ? 22 : 2);
  const lengths = Int32Array.from({ length: batchSize }, () =>
    early ? between(generator, length, length + Math.floor(length / 10)) : length,
  );
  const time = lengths.reduce((longest, steps) => Math.max(longest, steps), 0);
  const inputs = new Float32Array(batchSize * time * 2);
  const targets = new Float32Array(batchSize);
  lengths.forEach((steps, row) => {
    const at = (step: number): number => (row * time + step) * 2;
    for (let step = 0; step < steps; step++) inputs[at(step)] = early ? 2 * generator.uniform() - 1 : generator.uniform();
    const first = generator.integer(early ? 10 : length);
    let second = generator.integer((early ? Math.floor(length / 2) - 1 : length) - 1);
    if (second >= first) second++; // any step but the first marked one
    if (early) {
      inputs[at(0) + 1] = -1;
      inputs[at(steps - 1) + 1] = -1;
    }
    let sum = 0;
    for (const marked of [first, second]) {
      if (early && marked === 0) inputs[at(0)] = 0;
      inputs[at(marked) + 1] = 1;
      sum += inputs[at(marked)] as number;
    }
    targets[row] = early ? 0.5 + sum / 4 : sum;
  });
  return { inputs: fromTypedArray(inputs, [batchSize, time, 2]), targets: fromTypedArray(targets, [batchSize, 1]), lengths };
}
