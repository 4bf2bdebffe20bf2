import type { Optimizer } from "@unroll/optim";
import type { Tensor } from "@unroll/tensor";

import type { Batches } from "./batch.js";
import type { ResetRule } from "./reset-rule.js";
import type { ModelState } from "./sequence-model.js";
import type { Truncation } from "./truncate.js";

/** Which elements count: bool or weights `[batch, time]`. */
export interface Counted {
  readonly mask?: Tensor;
}

/** The loss of predictions against targets, as a scalar mean; `crossEntropy` and `meanSquaredError` are two. */
export type Loss = (predictions: Tensor, targets: Tensor, options: Counted) => Tensor;

/** A figure to watch: the mean over the elements that count, as a scalar. */
export type Metric = (predictions: Tensor, targets: Tensor, options: Counted) => Tensor | number;

/** Bounds on the gradients: either on the norm of all together, or on each element. */
export type Clip =
  { readonly maxNorm: number; readonly maxValue?: never } | { readonly maxValue: number; readonly maxNorm?: never };

/** The best weights so far. */
export interface Best {
  /** The monitored figure they had; NaN until there is a number. */
  readonly value: number;
  /** Updates done then. */
  readonly step: number;
  /** Validations since then. */
  readonly waited: number;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** Where a training stands: plain data that a checkpoint can hold. */
export interface FitState<S> {
  /** Updates done. */
  readonly step: number;
  readonly epoch: number;
  /** Batches of the current epoch already used. */
  readonly batch: number;
  readonly optimizer: S;
  /** State carried into the next batch. */
  readonly carried?: ModelState | undefined;
  /** Loss times elements, and elements, of the epoch so far. */
  readonly lossSum?: number;
  readonly elements?: number;
  /** Updates whose gradients were clipped. */
  readonly clippedSteps?: number;
  /** States of the model's generators, as `model.generatorStates()`. */
  readonly generators?: Readonly<Record<string, readonly number[]>>;
  /** Only under `earlyStopping`. */
  readonly best?: Best;
  /**
   * Updates done when it was last seen to that validations and checkpoints which were due took place; `step` when left out. What has
   * become due since then takes place first, on resuming.
   */
  readonly settled?: number;
  /** Set between two windows of a batch, from where a training cannot go on; nothing is carried then. */
  readonly midBatch?: boolean;
}

/** What {@link FitOptions.onStep} hears after each update. */
export interface StepEvent<S> {
  readonly step: number;
  readonly epoch: number;
  /** Mean loss of the steps this update learned from. */
  readonly loss: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradientNorm: number;
  /** Whether they were clipped. */
  readonly clipped: boolean;
  /** The rate of this update, NaN where the optimizer does not say. */
  readonly learningRate: number;
  /** Sequence elements (rows x steps) whose loss counted. */
  readonly elements: number;
  /** Whether the batch is done, so that the state can be saved. */
  readonly batchDone: boolean;
  /** The state to resume from, where `batchDone`; its tensors are valid until the next step, so save or copy them at once. */
  readonly state: FitState<S>;
}

/** What {@link FitOptions.onValidation} hears. */
export interface ValidationEvent {
  readonly step: number;
  readonly epoch: number;
  /** Mean loss per element over the validation batches. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** How many elements counted. */
  readonly elements: number;
  /** Whether the monitored figure is the best so far; NaN never is. */
  readonly improved: boolean;
}

/** What a checkpoint has to hold; `saveCheckpoint` of `@unroll/serialize/node` writes it as it is. */
export interface Checkpoint<S> {
  /** The weights by name. */
  readonly model: Readonly<Record<string, Tensor>>;
  /** What to give as {@link FitOptions.resume}. */
  readonly training: FitState<S>;
}

/** When checkpoints are due, and who writes them. */
export interface CheckpointOptions<S> {
  /** At the end of the batch after so many updates or minutes, or at the end of so many epochs; whichever comes first. */
  readonly every: { readonly steps?: number; readonly minutes?: number; readonly epochs?: number };
  /** The tensors are valid until the returned promise settles; training waits for it. */
  readonly save: (checkpoint: Checkpoint<S>) => void | Promise<void>;
}

/** How {@link fit} trains. */
export interface FitOptions<S> {
  readonly loss: Loss;
  readonly optimizer: Optimizer<S>;
  /** Default `"full"`. */
  readonly bptt?: Truncation;
  /** Off when left out. */
  readonly clip?: Clip;
  /** Passes over the batches, default 1. */
  readonly epochs?: number;
  /**
   * When the carried state goes back to its start: before each batch, each epoch (default), never, or in each row where
   * the batch's `starts` says that a document begins. A batch with `first` resets every row under any rule.
   */
  readonly resetState?: ResetRule;
  /**
   * Windows (batches, where bptt is full) whose gradients make one update, each by its elements: those that the batch's `mask` or
   * `lengths` count. Elements that the loss leaves out by itself, as by `ignoreIndex`, are counted all the same: give a mask instead.
   * Default 1.
   */
  readonly accumulate?: number;
  /** Watches the loss on other batches every so many updates, or after each epoch when `every` is left out. */
  readonly validation?: {
    /** Read again each time: an array, or something that iterates anew. */
    readonly batches: Batches;
    readonly every?: number;
    readonly metrics?: Readonly<Record<string, Metric>>;
  };
  /** Ends after `patience` validations without improvement; the best weights are put back, however training is done. */
  readonly earlyStopping?: {
    readonly patience: number;
    /** By how much a figure must be better to count, default 0. */
    readonly minimumImprovement?: number;
    /** A metric to watch in place of the loss, and which way is better. */
    readonly monitor?: { readonly metric: string; readonly better: "higher" | "lower" };
  };
  readonly checkpoint?: CheckpointOptions<S>;
  /** Ends after the update in progress, at the end of a batch. */
  readonly signal?: AbortSignal;
  readonly onStep?: (event: StepEvent<S>) => void | Promise<void>;
  readonly onValidation?: (event: ValidationEvent) => void | Promise<void>;
  /**
   * Goes on from here; batches already used are skipped. The weights are those of the same checkpoint: after early stopping, the model
   * holds the best ones instead. `fit` takes the tensors over and frees them. To go on from one state twice, load the checkpoint twice.
   */
  readonly resume?: FitState<S>;
}

/** How a training ended. */
export interface FitResult<S> {
  /** All epochs done, aborted by the signal, or early because validation did not improve. */
  readonly stopped: "done" | "aborted" | "early";
  readonly state: FitState<S>;
  /** Mean loss over the last epoch, NaN if nothing was learned in it. */
  readonly loss: number;
  /** Share of the updates whose gradients were clipped, NaN without updates. */
  readonly clippedShare: number;
}
