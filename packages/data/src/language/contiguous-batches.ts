import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkArray, wholeNumbers } from "../checks/check-numbers.js";
import { checkStart } from "../checks/check-start.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";

/** Next-token prediction for `batchSize` rows: `targets` are `inputs` one token later. */
export interface TokenBatch {
  /** int32 `[batch, time]` */
  readonly inputs: Tensor;
  /** int32 `[batch, time]` */
  readonly targets: Tensor;
  /** Whether this is the first batch of the epoch, so that every row starts anew. */
  readonly first: boolean;
  /** bool `[batch, time]`, with documents: true where an input begins one, so that the state of its row starts anew. */
  readonly starts?: Tensor;
  /** bool `[batch, time]`, with documents: false where a target begins one, which nothing foretells. */
  readonly mask?: Tensor;
}

/** Size of each batch. */
export interface ContiguousBatchesOptions {
  /** Rows that run beside each other. */
  readonly batchSize: number;
  /** Time steps of a batch. */
  readonly sequenceLength: number;
  /** Batches already used: a pass starts behind them, which is how an epoch is resumed. Default 0. */
  readonly start?: number;
}

/** Batches that can be iterated again and again; each pass makes new tensors, which belong to the one who reads them. */
export interface ContiguousBatches extends Iterable<TokenBatch> {
  /** Batches per epoch, those before `start` included. */
  readonly length: number;
  /** Tokens at the end of the sequence that no batch predicts, because they do not fill one. */
  readonly dropped: number;
}

/**
 * Batches for stateful training: the sequence is cut into `batchSize` long rows that lie one after the other, and batch
 * k + 1 goes on in each row where batch k ended, so that the state carried from one to the next is the right one. With
 * `n` tokens an epoch has `floor((n - 1) / (batchSize * sequenceLength))` batches; the tokens behind them are dropped.
 *
 * Documents are laid end to end: nothing is padded, and `starts` and `mask` keep them apart (see also `documentBatches`,
 * which begins them all in the same batch).
 *
 * @param source - the ids of one sequence, or of each document.
 * @throws DataError `too-short` when the sequence does not fill one batch; `option` unless both sizes are whole and
 * positive, for ids that are no whole numbers, or when `start` lies behind the last batch.
 * @example
 * const [batch] = contiguousBatches(Int32Array.of(0, 1, 2, 3, 4), { batchSize: 2, sequenceLength: 2 });
 * batch.inputs.toTypedArray(); // Int32Array [0, 1, 2, 3], the rows [0, 1] and [2, 3]; targets are [1, 2] and [3, 4]
 */
export function contiguousBatches(
  source: Int32Array | readonly Int32Array[],
  options: ContiguousBatchesOptions,
): ContiguousBatches {
  const { batchSize, sequenceLength, start = 0 } = given(options);
  checkCount("contiguousBatches", "batchSize", batchSize);
  checkCount("contiguousBatches", "sequenceLength", sequenceLength);
  const { ids, begins } = source instanceof Int32Array ? { ids: source, begins: undefined } : joinDocuments(source);
  const perBatch = batchSize * sequenceLength;
  if (ids.length < perBatch + 1) {
    fail(
      "too-short",
      `contiguousBatches: ${batchSize} rows of ${sequenceLength} steps need at least ${perBatch + 1} tokens, got ${ids.length}; make batchSize or sequenceLength smaller, or give more text`,
    );
  }
  const length = Math.floor((ids.length - 1) / perBatch);
  checkStart("contiguousBatches", start, length);
  const rowLength = length * sequenceLength;
  return {
    length,
    dropped: ids.length - 1 - length * perBatch,
    *[Symbol.iterator]() {
      const cut = <A extends Int32Array | Uint8Array>(values: A, from: number): A => {
        const rows = values.slice(0, perBatch) as A;
        for (let row = 0; row < batchSize; row++) {
          const place = from + row * rowLength;
          rows.set(values.subarray(place, place + sequenceLength), row * sequenceLength);
        }
        return rows;
      };
      const shape = [batchSize, sequenceLength];
      for (let batch = start; batch < length; batch++) {
        const from = batch * sequenceLength;
        yield {
          inputs: fromTypedArray(cut(ids, from), shape),
          targets: fromTypedArray(cut(ids, from + 1), shape),
          first: batch === 0,
          ...(begins && {
            starts: fromTypedArray(cut(begins, from), shape),
            mask: fromTypedArray(
              cut(begins, from + 1).map((begin) => 1 - begin),
              shape,
            ),
          }),
        };
      }
    },
  };
}

function joinDocuments(source: readonly Int32Array[]): { readonly ids: Int32Array; readonly begins: Uint8Array } {
  checkArray("contiguousBatches", "source", source, "an Int32Array, as encode makes it of a text, or an array of several");
  if (typeof (source[0] as unknown) === "number") {
    fail(
      "option",
      "contiguousBatches: source must be an Int32Array, or an array of ids per document, got numbers; pass Int32Array.from(ids)",
    );
  }
  const documents = Array.from(source, (ids, index) => wholeNumbers("contiguousBatches", `document ${index + 1}`, ids));
  const ids = new Int32Array(documents.reduce((sum, document) => sum + document.length, 0));
  const begins = new Uint8Array(ids.length);
  let end = 0;
  for (const document of documents) {
    if (document.length > 0) begins[end] = 1;
    ids.set(document, end);
    end += document.length;
  }
  return { ids, begins };
}
