import type { CellState } from "@unroll/cells";
import type { Module } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

/** The state of a model between two pieces of a sequence: one record of tensors per layer and direction. */
export type ModelState = readonly CellState[];

/** What a model gives for a piece of a sequence. A model without state may return the tensor alone. */
export type Prediction =
  | Tensor
  | { readonly logits: Tensor; readonly state?: ModelState }
  | { readonly output: Tensor; readonly state?: ModelState };

/** A module that reads `[batch, time, …]` and may carry state on. */
export interface SequenceModel extends Module {
  forward(inputs: Tensor, state?: ModelState): Prediction;
}

/** The tensor of a prediction. */
export function predicted(prediction: Prediction): Tensor {
  if ("logits" in prediction) return prediction.logits;
  return "output" in prediction ? prediction.output : prediction;
}

/** The state a prediction leaves behind, without its history. */
export function detachedState(prediction: Prediction): ModelState | undefined {
  if (!("state" in prediction) || prediction.state === undefined) return undefined;
  return prediction.state.map((record) =>
    Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, tensor.toDense()])),
  );
}

/** One batch: `inputs [batch, time, …]` and `targets [batch, time, …]`; `first` where the rows start anew. */
export interface Batch {
  readonly inputs: Tensor;
  readonly targets: Tensor;
  readonly first?: boolean;
}
