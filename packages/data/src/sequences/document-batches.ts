import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkArray, wholeNumbers } from "../checks/check-numbers.js";
import { checkStart } from "../checks/check-start.js";
import { given } from "../checks/given.js";
import { fail } from "../error.js";
import type { TokenBatch } from "../language/contiguous-batches.js";
import { bucketByLength } from "./bucket-by-length.js";

/** Next-token prediction within documents; `first` where every row begins a document. */
export interface DocumentBatch extends TokenBatch {
  /** bool `[batch, time]`, true where there is a target. */
  readonly mask: Tensor;
}

/** Batches that can be iterated again and again; each pass makes new tensors, which belong to the one who reads them. */
export interface DocumentBatches extends Iterable<DocumentBatch> {
  /** Batches per epoch, those before `start` included. */
  readonly length: number;
  /** Share of the steps that are padding. */
  readonly waste: number;
}

/**
 * Batches for stateful training on documents: `batchSize` documents of about equal length run beside each other in
 * pieces of up to `sequenceLength` steps. All rows begin their documents in the same batch, whose `first` is true, so
 * that no state is carried from one document into the next, and none is lost within one. Documents of one token have
 * nothing to predict and are left out.
 *
 * @param options - `seed` and `epoch` give the order of documents; by length when left out. `start` batches are taken as
 * already used: a pass starts behind them, which is how an epoch is resumed.
 * @throws DataError `too-short` when no document has two tokens, `option` for ids that are no whole numbers, or when
 * `start` lies behind the last batch.
 */
export function documentBatches(
  documents: readonly Int32Array[],
  options: {
    readonly batchSize: number;
    readonly sequenceLength: number;
    readonly seed?: number;
    readonly epoch?: number;
    readonly start?: number;
  },
): DocumentBatches {
  checkArray("documentBatches", "documents", documents);
  const { batchSize, sequenceLength, start: used = 0, ...order } = given(options);
  checkCount("documentBatches", "sequenceLength", sequenceLength);
  const readable = documents
    .map((ids, index) => wholeNumbers("documentBatches", `document ${index + 1}`, ids))
    .filter((document) => document.length >= 2);
  if (readable.length === 0)
    fail("too-short", `documentBatches: needs a document of at least 2 tokens, got ${documents.length} without one`);
  const steps = Int32Array.from(readable, (document) => document.length - 1);
  const { batches, waste } = bucketByLength(steps, { batchSize, ...order });
  const longest = (group: Int32Array): number => group.reduce((most, position) => Math.max(most, steps[position] as number), 0);
  const length = batches.reduce((sum, group) => sum + Math.ceil(longest(group) / sequenceLength), 0);
  checkStart("documentBatches", used, length);
  return {
    length,
    waste,
    *[Symbol.iterator]() {
      let batch = 0;
      for (const group of batches) {
        const end = longest(group);
        for (let start = 0; start < end; start += sequenceLength) {
          if (batch++ < used) continue;
          const rows = Array.from(group, (position) => readable[position] as Int32Array);
          yield piece(rows, start, Math.min(end, start + sequenceLength));
        }
      }
    },
  };
}

function piece(rows: readonly Int32Array[], start: number, end: number): DocumentBatch {
  const time = end - start;
  const inputs = new Int32Array(rows.length * time);
  const targets = new Int32Array(rows.length * time);
  const mask = new Uint8Array(rows.length * time);
  rows.forEach((document, row) => {
    const real = document.subarray(start + 1, end + 1);
    targets.set(real, row * time);
    inputs.set(document.subarray(start, start + real.length), row * time);
    mask.fill(1, row * time, row * time + real.length);
  });
  const shape = [rows.length, time];
  return {
    inputs: fromTypedArray(inputs, shape),
    targets: fromTypedArray(targets, shape),
    mask: fromTypedArray(mask, shape),
    first: start === 0,
  };
}
