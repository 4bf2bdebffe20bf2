import { disposeTree, scope } from "@unroll/tensor";

import { checkBatch, isEmpty, lossMask, releaseBatch, type Batch, type Batches } from "./batch.js";
import { checkLoss } from "./check-loss.js";
import { enterEvaluation } from "./evaluation-mode.js";
import type { Loss, Metric } from "./fit-options.js";
import { checkResetRule, type ResetRule } from "./reset-rule.js";
import { runDocuments, runModel } from "./run-documents.js";
import { detached, type ModelState, type SequenceModel } from "./sequence-model.js";
import { countElements } from "./window-gradients.js";

/** What to measure. */
export interface EvaluateOptions {
  readonly loss: Loss;
  readonly metrics?: Readonly<Record<string, Metric>>;
  /** As in `fit`, default `"epoch"`: the state is carried from batch to batch. */
  readonly resetState?: ResetRule;
}

/** Means per element; NaN where none counted. */
export interface Evaluation {
  readonly loss: number;
  /** How many elements counted; weights add up. */
  readonly elements: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Adds up batches read in order, the state carried from one to the next as the reset rule says. */
class Evaluator {
  readonly #model: SequenceModel;
  readonly #options: EvaluateOptions;
  readonly #sums = new Map<string, number>();
  #loss = 0;
  #count = 0;
  #carried: ModelState | undefined;

  constructor(model: SequenceModel, options: EvaluateOptions) {
    checkResetRule("evaluate", options.resetState);
    this.#model = model;
    this.#options = options;
  }

  add(batch: Batch): void {
    const { loss, metrics = {}, resetState } = this.#options;
    checkBatch("evaluate", batch);
    const before = batch.first === true || resetState === "batch" ? undefined : this.#carried;
    if (isEmpty(batch)) {
      if (before === undefined) disposeTree(this.#carried);
      this.#carried = before;
      return;
    }
    const measured = scope(() => {
      const { prediction, state } = (resetState === "document" ? runDocuments : runModel)(this.#model, batch, before);
      const mask = lossMask(batch, batch.targets.shape[1] ?? 1);
      const counted = mask === undefined ? {} : { mask };
      const figures = Object.entries(metrics).map(([name, metric]) => {
        const figure = metric(prediction, batch.targets, counted);
        return [name, typeof figure === "number" ? figure : figure.item()] as const;
      });
      const elements = countElements(batch.targets, mask);
      return { loss: checkLoss(loss(prediction, batch.targets, counted)).item(), figures, elements, state: detached(state) };
    });
    disposeTree(this.#carried);
    this.#carried = measured.state;
    if (measured.elements === 0) return;
    this.#count += measured.elements;
    this.#loss += measured.loss * measured.elements;
    for (const [name, figure] of measured.figures) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + figure * measured.elements);
    }
  }

  end(): Evaluation {
    disposeTree(this.#carried);
    const metrics = Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#count]));
    return { loss: this.#loss / this.#count, elements: this.#count, metrics };
  }
}

/**
 * Mean loss per sequence element over batches read in order, with the state carried from one to the next. NaN without batches.
 *
 * @throws TrainingError `option` for a batch without inputs and targets, or a loss that gives no scalar.
 */
export function evaluate(model: SequenceModel, batches: Iterable<Batch>, options: EvaluateOptions): number {
  const evaluator = new Evaluator(model, options);
  const restore = enterEvaluation(model);
  try {
    for (const batch of batches) {
      evaluator.add(batch);
      releaseBatch(batch, batches);
    }
    return evaluator.end().loss;
  } finally {
    restore();
  }
}

/** As {@link evaluate}, with metrics, for batches that may come one by one; `breathe` runs between them. */
export async function measure(
  model: SequenceModel,
  batches: Batches,
  options: EvaluateOptions,
  breathe?: () => Promise<void> | undefined,
): Promise<Evaluation> {
  const evaluator = new Evaluator(model, options);
  const restore = enterEvaluation(model);
  try {
    for await (const batch of batches) {
      evaluator.add(batch);
      releaseBatch(batch, batches);
      await breathe?.();
    }
    return evaluator.end();
  } finally {
    restore();
  }
}

/** Share of the elements whose largest logit is the target's: a {@link Metric}. */
export const accuracy: Metric = (predictions, targets, { mask }) => {
  const right = predictions.argmax({ axis: -1 }).equal(targets).cast("float32");
  if (mask === undefined) return right.mean();
  const weights = mask.cast("float32");
  return right.mul(weights).sum().div(weights.sum().maximum(1e-30));
};
