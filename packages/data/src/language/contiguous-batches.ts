import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { checkCount, fail } from "../error.js";

/** Next-token prediction for `batchSize` rows: `targets` are `inputs` one token later. */
export interface TokenBatch {
  /** int32 `[batch, time]` */
  readonly inputs: Tensor;
  /** int32 `[batch, time]` */
  readonly targets: Tensor;
  /** Whether this is the first batch of the epoch, so that every row starts anew. */
  readonly first: boolean;
}

/** Size of each batch. */
export interface ContiguousBatchesOptions {
  /** Rows that run beside each other. */
  readonly batchSize: number;
  /** Time steps of a batch. */
  readonly sequenceLength: number;
}

/** Batches that can be iterated again and again; each pass makes new tensors, which belong to the one who reads them. */
export interface ContiguousBatches extends Iterable<TokenBatch> {
  /** Batches per epoch. */
  readonly length: number;
  /** Tokens at the end of the sequence that no batch predicts, because they do not fill one. */
  readonly dropped: number;
}

/**
 * Batches for stateful training: the sequence is cut into `batchSize` long rows that lie one after the other, and batch
 * k + 1 goes on in each row where batch k ended, so that the state carried from one to the next is the right one. With
 * `n` tokens an epoch has `floor((n - 1) / (batchSize * sequenceLength))` batches; the tokens behind them are dropped.
 *
 * @throws DataError `too-short` when the sequence does not fill one batch; `option` unless both sizes are whole and positive.
 * @example
 * const [batch] = contiguousBatches(Int32Array.of(0, 1, 2, 3, 4), { batchSize: 2, sequenceLength: 2 });
 * batch.inputs.toTypedArray(); // Int32Array [0, 1, 2, 3], the rows [0, 1] and [2, 3]; targets are [1, 2] and [3, 4]
 */
export function contiguousBatches(ids: Int32Array, { batchSize, sequenceLength }: ContiguousBatchesOptions): ContiguousBatches {
  checkCount("contiguousBatches", "batchSize", batchSize);
  checkCount("contiguousBatches", "sequenceLength", sequenceLength);
  const perBatch = batchSize * sequenceLength;
  if (ids.length < perBatch + 1) {
    fail(
      "too-short",
      `contiguousBatches: ${batchSize} rows of ${sequenceLength} steps need at least ${perBatch + 1} tokens, got ${ids.length}; make batchSize or sequenceLength smaller, or give more text`,
    );
  }
  const length = Math.floor((ids.length - 1) / perBatch);
  const rowLength = length * sequenceLength;
  return {
    length,
    dropped: ids.length - 1 - length * perBatch,
    *[Symbol.iterator]() {
      const rows = new Int32Array(perBatch);
      const cut = (start: number): Tensor => {
        for (let row = 0; row < batchSize; row++) {
          const from = start + row * rowLength;
          rows.set(ids.subarray(from, from + sequenceLength), row * sequenceLength);
        }
        return fromTypedArray(rows, [batchSize, sequenceLength]);
      };
      for (let batch = 0; batch < length; batch++) {
        const start = batch * sequenceLength;
        yield { inputs: cut(start), targets: cut(start + 1), first: batch === 0 };
      }
    },
  };
}
