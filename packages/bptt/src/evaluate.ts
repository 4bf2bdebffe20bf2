import { disposeTree, scope } from "@unroll/tensor";

import { lossMask, releaseBatch, type Batch, type Batches } from "./batch.js";
import type { Loss, Metric, ResetRule } from "./fit-options.js";
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

/** Means per element. */
export interface Evaluation {
  readonly loss: number;
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
    this.#model = model;
    this.#options = options;
  }

  add(batch: Batch): void {
    const { loss, metrics = {}, resetState } = this.#options;
    const before = batch.first === true || resetState === "batch" ? undefined : this.#carried;
    const measured = scope(() => {
      const { prediction, state } = (resetState === "document" ? runDocuments : runModel)(this.#model, batch, before);
      const mask = lossMask(batch, batch.targets.shape[1] ?? 1);
      const counted = mask === undefined ? {} : { mask };
      const figures = Object.entries(metrics).map(([name, metric]) => {
        const figure = metric(prediction, batch.targets, counted);
        return [name, typeof figure === "number" ? figure : figure.item()] as const;
      });
      const elements = countElements(batch.targets, mask);
      return { loss: loss(prediction, batch.targets, counted).item(), figures, elements, state: detached(state) };
    });
    disposeTree(this.#carried);
    this.#carried = measured.state;
    this.#count += measured.elements;
    this.#loss += measured.loss * measured.elements;
    for (const [name, figure] of measured.figures) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + figure * measured.elements);
    }
  }

  end(): Evaluation {
    disposeTree(this.#carried);
    const metrics = Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#count]));
    return { loss: this.#loss / this.#count, metrics };
  }
}

/** Mean loss per sequence element over batches read in order, with the state carried from one to the next. NaN without batches. */
export function evaluate(model: SequenceModel, batches: Iterable<Batch>, options: EvaluateOptions): number {
  const evaluator = new Evaluator(model, options);
  const { training } = model;
  model.evaluate();
  try {
    for (const batch of batches) {
      evaluator.add(batch);
      releaseBatch(batch, batches);
    }
    return evaluator.end().loss;
  } finally {
    if (training) model.train();
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
  const { training } = model;
  model.evaluate();
  try {
    for await (const batch of batches) {
      evaluator.add(batch);
      releaseBatch(batch, batches);
      await breathe?.();
    }
    return evaluator.end();
  } finally {
    if (training) model.train();
  }
}

/** Share of the elements whose largest logit is the target's: a {@link Metric}. */
export const accuracy: Metric = (predictions, targets, { mask }) => {
  const right = predictions.argmax({ axis: -1 }).equal(targets).cast("float32");
  if (mask === undefined) return right.mean();
  const weights = mask.cast("float32");
  return right.mul(weights).sum().div(weights.sum().maximum(1e-30));
};
