import type { CellState } from "@unroll/cells";
import type { Module } from "@unroll/nn";
import { Tensor } from "@unroll/tensor";

import { describe } from "./check-option.js";
import { TrainingError } from "./error.js";

/** The state of a model between two pieces of a sequence: one record of tensors per layer and direction. */
export type ModelState = readonly CellState[];

/** What a model gives for a piece of a sequence. A model without state may return the tensor alone. */
export type Prediction =
  Tensor | { readonly logits: Tensor; readonly state?: ModelState } | { readonly output: Tensor; readonly state?: ModelState };

/** What a model may want to know of the piece it reads. */
export interface ForwardOptions {
  /** Real steps of each row, where the batch says so. */
  readonly lengths?: Int32Array;
}

/** A module that reads `[batch, time, …]` and may carry state on. */
export interface SequenceModel extends Module {
  forward(inputs: Tensor, state?: ModelState, options?: ForwardOptions): Prediction;
}

/**
 * The tensor of a prediction.
 *
 * @throws TrainingError `model` when there is none.
 */
export function predicted(prediction: Prediction): Tensor {
  const { logits, output = prediction } = Object(prediction) as { readonly logits?: Tensor; readonly output?: Tensor };
  const found: unknown = logits ?? output;
  if (Tensor.isTensor(found)) return found;
  throw new TrainingError(
    "model",
    `model: forward must give a tensor, { logits, state } or { output, state }, got ${describe(prediction)}`,
  );
}

/** The state a prediction leaves behind. */
export function stateAfter(prediction: Prediction): ModelState | undefined {
  return "state" in prediction ? prediction.state : undefined;
}

/** Another state of the same names. */
export function mapModelState(state: ModelState, change: (tensor: Tensor) => Tensor): ModelState {
  return state.map((record) => Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, change(tensor)])));
}

/** A state without its history: no gradient flows through it. */
export function detached(state: ModelState | undefined): ModelState | undefined {
  return state && mapModelState(state, (tensor) => tensor.toDense());
}
