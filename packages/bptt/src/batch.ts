import { disposeTree, fromTypedArray, Tensor } from "@unroll/tensor";

import { check } from "./check-option.js";

/** One batch of sequences. Its tensors belong to the one who reads it, unless it comes from an array. */
export interface Batch {
  /** `[batch, time, …]` */
  readonly inputs: Tensor;
  /** `[batch, time, …]`, or `[batch, …]` where one prediction is made per sequence. */
  readonly targets: Tensor;
  /** Whether every row starts anew, so that no state is carried into it. */
  readonly first?: boolean;
  /** Real steps of each row; all when left out. */
  readonly lengths?: Int32Array;
  /** `[batch, time]`: bool or weights, which steps count in the loss; those within `lengths` when left out. */
  readonly mask?: Tensor;
  /** `[batch, time]` bool: where a row's element begins a new document. Read under `resetState: "document"`. */
  readonly starts?: Tensor;
}

/** Batches to read once or, where they can be iterated again, once per epoch. */
export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/** @throws TrainingError `option` unless batches can be read from this. */
export function checkBatches(what: string, batches: unknown): void {
  const source = Object(batches) as object;
  const readable = Symbol.iterator in source || Symbol.asyncIterator in source;
  check(readable, `${what} must be iterable`, batches, "give an array of batches { inputs, targets }");
}

/** @throws TrainingError `option` unless this has inputs and targets. */
export function checkBatch(operation: string, batch: Batch): void {
  const { inputs, targets } = Object(batch) as Partial<Batch>;
  check(
    Tensor.isTensor(inputs) && Tensor.isTensor(targets),
    `${operation}: a batch must have tensors as inputs and targets`,
    batch,
  );
}

/** Whether a batch has no rows or no steps, as where ragged data ends: there is nothing to learn from it. */
export function isEmpty(batch: Batch): boolean {
  return batch.inputs.shape[0] === 0 || timeOf(batch) === 0;
}

/** The number of steps of a batch. */
export function timeOf(batch: Batch): number {
  return batch.inputs.shape[1] ?? 1;
}

/** Whether there is a target per step. */
export function hasTargetPerStep({ inputs, targets }: Batch): boolean {
  return targets.rank >= 2 && targets.shape[1] === inputs.shape[1];
}

/** Steps `start..end-1` of a batch, with the targets of `lossFrom..end-1`. The whole batch comes back as it is. */
export function cutBatch(
  batch: Batch,
  { start, lossFrom, end }: { readonly start: number; readonly lossFrom: number; readonly end: number },
): Batch {
  if (start === 0 && lossFrom === 0 && end === timeOf(batch)) return batch;
  const cut = (tensor: Tensor, from: number): Tensor => tensor.slice({ axis: 1, start: from, stop: end });
  const { inputs, targets, lengths, mask, starts } = batch;
  return {
    inputs: cut(inputs, start),
    targets: cut(targets, lossFrom),
    ...(lengths && { lengths: lengths.map((length) => Math.min(Math.max(length - start, 0), end - start)) }),
    ...(mask && { mask: cut(mask, lossFrom) }),
    ...(starts && { starts: cut(starts, start) }),
  };
}

/** Which of the targets count: the batch's mask, or the steps within its lengths; undefined where all do. */
export function lossMask({ mask, lengths, inputs, targets }: Batch, lossTime: number): Tensor | undefined {
  if (mask !== undefined || lengths === undefined || targets.rank < 2 || targets.shape[1] !== lossTime) return mask;
  const skipped = (inputs.shape[1] ?? 1) - lossTime;
  const real = Uint8Array.from({ length: lengths.length * lossTime }, (_, position) =>
    Number(skipped + (position % lossTime) < (lengths[Math.floor(position / lossTime)] as number)),
  );
  return fromTypedArray(real, [lengths.length, lossTime]);
}

/** Frees a batch made by iteration; those of an array stay for the next pass. */
export function releaseBatch(batch: Batch, source: Batches): void {
  if (!Array.isArray(source)) disposeTree({ ...batch });
}
