import type { Generator, Tensor } from "@unroll/tensor";

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

/** A whole number from `least` to `most`, both included. */
export function between(generator: Generator, least: number, most: number): number {
  return least + generator.integer(most - least + 1);
}
