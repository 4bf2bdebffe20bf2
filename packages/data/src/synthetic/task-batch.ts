import type { Generator, Tensor } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkGenerator } from "../checks/check-generator.js";
import { given } from "../checks/given.js";

/** A batch of a synthetic task. Rows may differ in length: what lies behind `lengths[row]` is padding, all zeros. */
export interface TaskBatch {
  readonly inputs: Tensor;
  readonly targets: Tensor;
  /** Steps of each row. */
  readonly lengths: Int32Array;
}

/** Size and source of a random batch. */
export interface TaskOptions {
  /** Rows. */
  readonly batchSize: number;
  /** Where the randomness comes from; the same generator state gives the same batch. */
  readonly generator: Generator;
}

/** Throws `option` unless there are rows to make and a generator to make them with. */
export function checkTask(operation: string, options: TaskOptions): void {
  const { batchSize, generator } = given(options);
  checkCount(operation, "batchSize", batchSize);
  checkGenerator(operation, generator);
}

/** A whole number from `least` to `most`, both included. */
export function between(generator: Generator, least: number, most: number): number {
  return least + generator.integer(most - least + 1);
}
