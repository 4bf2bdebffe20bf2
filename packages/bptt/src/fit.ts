import { differentiate } from "@unroll/nn";
import { clipByGlobalNorm, globalNorm, type Optimizer } from "@unroll/optim";
import { disposeTree, keep, scope, type Tensor } from "@unroll/tensor";

import { TrainingError } from "./error.js";
import { detachedState, predicted, type Batch, type ModelState, type SequenceModel } from "./sequence-model.js";
import { truncatedWindows, type Truncation, type TruncatedWindow } from "./truncate.js";

/** The loss of predictions against targets, as a scalar; `crossEntropy` and `meanSquaredError` are two. */
export type Loss = (predictions: Tensor, targets: Tensor) => Tensor;

/** Where a training stands: plain data that a checkpoint can hold. */
export interface FitState<S> {
  /** Updates done. */
  readonly step: number;
  readonly epoch: number;
  /** Batches of the current epoch already used. */
  readonly batch: number;
  readonly optimizer: S;
  /** State carried into the next batch. */
  readonly carried: ModelState | undefined;
}

/** What {@link FitOptions.onStep} hears after each update. */
export interface StepEvent<S> {
  readonly step: number;
  readonly epoch: number;
  /** Mean loss of the steps this update learned from. */
  readonly loss: number;
  /** Norm of all gradients together, before clipping. */
  readonly gradientNorm: number;
  /** Sequence elements (rows x steps) whose loss counted. */
  readonly elements: number;
  /** Whether the batch is done, so that the state can be saved. */
  readonly batchDone: boolean;
  /** The state to resume from; valid until the next step. */
  readonly state: FitState<S>;
}

/** How {@link fit} trains. */
export interface FitOptions<S> {
  readonly loss: Loss;
  readonly optimizer: Optimizer<S>;
  /** Default `"full"`. */
  readonly bptt?: Truncation;
  /** Scales gradients whose norm exceeds `maxNorm`; off when left out. */
  readonly clip?: { readonly maxNorm: number };
  /** Passes over the batches, default 1. */
  readonly epochs?: number;
  /** When the carried state goes back to zero: before each batch, each epoch (default), or never. A batch with `first` resets it too. */
  readonly resetState?: "batch" | "epoch" | "never";
  /** Ends after the update in progress. */
  readonly signal?: AbortSignal;
  readonly onStep?: (event: StepEvent<S>) => void | Promise<void>;
  /** Goes on from here; batches already used are skipped. */
  readonly resume?: FitState<S>;
}

/** How a training ended. */
export interface FitResult<S> {
  readonly stopped: "done" | "aborted";
  readonly state: FitState<S>;
  /** Mean loss over the last epoch, NaN if nothing was learned in it. */
  readonly loss: number;
}

/**
 * Trains a model through time: full or truncated back-propagation, with the state carried over the cuts and from
 * batch to batch, but no gradient through them. It yields to the event loop after every update.
 *
 * @throws TrainingError `not-finite` when a loss or a gradient is NaN or infinite; the parameters are then those of
 * the last good update.
 */
export async function fit<S>(model: SequenceModel, batches: Iterable<Batch>, options: FitOptions<S>): Promise<FitResult<S>> {
  const { optimizer, epochs = 1, resetState = "epoch", signal, onStep, resume, bptt = "full" } = options;
  let state: FitState<S> = resume ?? {
    step: 0,
    epoch: 0,
    batch: 0,
    optimizer: keep(scope(() => optimizer.init(currentParameters(model)))),
    carried: undefined,
  };
  let total = 0;
  let count = 0;
  const end = (stopped: FitResult<S>["stopped"]): FitResult<S> => ({ stopped, state, loss: total / count });
  model.train();
  try {
    for (let epoch = state.epoch; epoch < epochs; epoch++) {
      const skipped = epoch === state.epoch ? state.batch : 0;
      let index = 0;
      total = 0;
      count = 0;
      for (const batch of batches) {
        if (index++ < skipped) {
          disposeTree(batch);
          continue;
        }
        if (signal?.aborted === true) return end("aborted");
        const fresh = batch.first === true || resetState === "batch" || (resetState === "epoch" && index === 1);
        const before = fresh ? undefined : state.carried;
        if (fresh) disposeTree(state.carried);
        const windows = truncatedWindows(batch.inputs.shape[1] ?? 1, bptt);
        const states = new Map<number, ModelState | undefined>([[0, before]]);
        for (const window of windows) {
          const { learned, after } = learn(model, batch, window, states.get(window.start), state, options);
          states.set(window.end, after);
          const batchDone = window === windows.at(-1);
          state = {
            ...learned.state,
            epoch,
            batch: index - (batchDone ? 0 : 1),
            carried: batchDone ? after : state.carried,
          };
          total += learned.loss * learned.elements;
          count += learned.elements;
          const { loss, gradientNorm, elements } = learned;
          await onStep?.({ step: state.step, epoch, loss, gradientNorm, elements, batchDone, state });
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
        for (const [at, used] of states) if (at !== windows.at(-1)?.end) disposeTree(used);
        disposeTree({ inputs: batch.inputs, targets: batch.targets });
      }
      state = { ...state, epoch: epoch + 1, batch: 0 };
    }
    return end("done");
  } finally {
    model.evaluate();
  }
}

interface Learned<S> {
  readonly state: FitState<S>;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly elements: number;
}

// One update. Everything made on the way is freed, except the new parameters and states.
function learn<S>(
  model: SequenceModel,
  batch: Batch,
  window: TruncatedWindow,
  initial: ModelState | undefined,
  before: FitState<S>,
  { loss: computeLoss, optimizer, clip }: FitOptions<S>,
): { readonly learned: Learned<S>; readonly after: ModelState | undefined } {
  return scope(() => {
    const { start, lossFrom, end } = window;
    const whole = start === 0 && end === batch.inputs.shape[1];
    const inputs = whole ? batch.inputs : batch.inputs.slice({ axis: 1, start, stop: end });
    const targets = lossFrom === 0 && whole ? batch.targets : batch.targets.slice({ axis: 1, start: lossFrom, stop: end });
    let after: ModelState | undefined;
    const { loss, gradients } = differentiate(model, () => {
      const prediction = model.forward(inputs, initial);
      after = detachedState(prediction);
      const all = predicted(prediction);
      return computeLoss(lossFrom > start ? all.slice({ axis: 1, start: lossFrom - start }) : all, targets);
    });
    const value = loss.item();
    const clipped = clip === undefined ? { gradients, norm: globalNorm(gradients) } : clipByGlobalNorm(gradients, clip);
    if (!Number.isFinite(value) || !Number.isFinite(clipped.norm)) {
      throw new TrainingError(
        "not-finite",
        `fit: step ${before.step + 1} gave loss ${value} and gradient norm ${clipped.norm}; the parameters are those of step ${before.step}; try clip: { maxNorm: 1 } or a smaller learning rate`,
      );
    }
    const updated = optimizer.update(clipped.gradients, before.optimizer, currentParameters(model));
    keep(after);
    keep(updated.state);
    disposeTree(before.optimizer);
    for (const [name, parameter] of model.parameters()) parameter.assign(updated.parameters[name] as Tensor);
    const learned: Learned<S> = {
      state: { ...before, step: before.step + 1, optimizer: updated.state },
      loss: value,
      gradientNorm: clipped.norm,
      elements: targets.shape.slice(0, 2).reduce((product, length) => product * length, 1),
    };
    return { learned, after };
  });
}

function currentParameters(model: SequenceModel): Record<string, Tensor> {
  return Object.fromEntries([...model.parameters()].map(([name, parameter]) => [name, parameter.value]));
}
