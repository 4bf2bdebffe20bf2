import { differentiate } from "@unroll/nn";
import { scope, type Tensor } from "@unroll/tensor";

import { cutBatch, lossMask, type Batch } from "./batch.js";
import { checkLoss } from "./check-loss.js";
import type { Loss } from "./fit-options.js";
import { runDocuments, runModel } from "./run-documents.js";
import { detached, type ModelState, type SequenceModel } from "./sequence-model.js";
import type { TruncatedWindow } from "./truncate.js";

/** What one back-propagation gives. */
export interface WindowGradients {
  readonly gradients: Readonly<Record<string, Tensor>>;
  /** Mean loss over {@link elements}. */
  readonly loss: number;
  /** Targets that counted; weights add up. */
  readonly elements: number;
  /** The state after the window, without history. */
  readonly after: ModelState | undefined;
}

/** What {@link windowGradients} starts from. */
export interface WindowStart {
  readonly loss: Loss;
  readonly state: ModelState | undefined;
  /** Whether rows start anew where the batch's `starts` says so. */
  readonly documents: boolean;
}

/** A window, run forward. */
export interface WindowRun {
  readonly loss: Tensor;
  readonly prediction: Tensor;
  readonly state: ModelState | undefined;
  readonly elements: number;
}

/** Runs a window of a batch from a state. */
export function runWindow(model: SequenceModel, batch: Batch, window: TruncatedWindow, start: WindowStart): WindowRun {
  const piece = cutBatch(batch, window);
  const mask = lossMask(piece, piece.targets.shape[1] ?? 1);
  const { prediction, state } = (start.documents ? runDocuments : runModel)(model, piece, start.state);
  const skipped = window.lossFrom - window.start;
  const counted = skipped > 0 ? prediction.slice({ axis: 1, start: skipped }) : prediction;
  const loss = checkLoss(start.loss(counted, piece.targets, mask === undefined ? {} : { mask }));
  return { loss, prediction, state, elements: countElements(piece.targets, mask) };
}

/** Runs a window and walks it back. Everything made on the way is freed. */
export function windowGradients(
  model: SequenceModel,
  batch: Batch,
  window: TruncatedWindow,
  start: WindowStart,
): WindowGradients {
  return scope(() => {
    let run: WindowRun | undefined;
    const { loss, gradients } = differentiate(model, () => (run = runWindow(model, batch, window, start)).loss);
    return { gradients, loss: loss.item(), elements: run?.elements ?? 0, after: detached(run?.state) };
  });
}

/** How many elements of the targets a mean runs over. */
export function countElements(targets: Tensor, mask: Tensor | undefined): number {
  if (mask !== undefined) return mask.cast("float32").sum().item();
  return targets.shape.slice(0, 2).reduce((product, length) => product * length, 1);
}
