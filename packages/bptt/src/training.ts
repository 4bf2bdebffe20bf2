import type { Parameter } from "@unroll/nn";
import { disposeTree, keep, scope, type Tensor } from "@unroll/tensor";

import { applyGradients, clipGradients } from "./apply-gradients.js";
import { checkBatch, hasTargetPerStep, isEmpty, timeOf, type Batch } from "./batch.js";
import { check } from "./check-option.js";
import { CheckpointClock } from "./checkpoint-clock.js";
import { locateNotFinite, type BadWindow } from "./diagnostics/locate-not-finite.js";
import { keepBest } from "./early-stopping.js";
import { TrainingError } from "./error.js";
import { measure } from "./evaluate.js";
import { yieldEvery } from "./event-loop.js";
import type { FitOptions, FitResult, FitState } from "./fit-options.js";
import { GradientSum } from "./gradient-sum.js";
import type { ModelState, SequenceModel } from "./sequence-model.js";
import { truncatedWindows } from "./truncate.js";
import { windowGradients, type WindowGradients } from "./window-gradients.js";

/** One run of `fit`: where it stands, and what it does next. */
export class Training<S> {
  readonly #model: SequenceModel;
  readonly #options: FitOptions<S>;
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #sum = new GradientSum();
  readonly #clock: CheckpointClock;
  readonly #breathe = yieldEvery(10);
  #state: FitState<S>;
  #carried: ModelState | undefined;
  #lastEpoch = { lossSum: 0, elements: 0 };

  constructor(model: SequenceModel, options: FitOptions<S>) {
    const { optimizer, resume, checkpoint } = options;
    this.#model = model;
    this.#options = options;
    this.#parameters = model.parameters();
    this.#clock = new CheckpointClock(checkpoint?.every);
    if (resume?.generators !== undefined) model.restoreGenerators(resume.generators);
    this.#state = resume ?? {
      step: 0,
      epoch: 0,
      batch: 0,
      optimizer: keep(scope(() => optimizer.init(this.#values()))),
      carried: undefined,
    };
    const { carried, step, settled = step } = this.#state;
    this.#carried = carried;
    this.#state = { ...this.#state, settled };
  }

  get state(): FitState<S> {
    return this.#state;
  }

  /** Whether no gradients wait for their update. */
  get canStop(): boolean {
    return this.#sum.windows === 0;
  }

  /** Whether early stopping has run out of patience. */
  get stoppedImproving(): boolean {
    const { earlyStopping } = this.#options;
    return earlyStopping !== undefined && (this.#state.best?.waited ?? 0) >= earlyStopping.patience;
  }

  /** Does what had become due when the state to resume from was taken. */
  async catchUp(): Promise<void> {
    if (this.#state.step !== this.#state.settled) await this.#settle();
  }

  /** Learns from one batch, window by window. One that is empty leaves the state to the next. */
  async learn(batch: Batch, { firstOfEpoch }: { readonly firstOfEpoch: boolean }): Promise<void> {
    const { bptt = "full", resetState = "epoch", accumulate = 1, loss } = this.#options;
    checkBatch("fit", batch);
    if (bptt !== "full" && !hasTargetPerStep(batch)) {
      throw new TrainingError(
        "option",
        `fit: bptt { k1, k2 } needs a target per step; train one target per sequence with bptt "full"`,
      );
    }
    const anew = batch.first === true || resetState === "batch" || (resetState === "epoch" && firstOfEpoch);
    const initial = anew ? undefined : this.#carried;
    if (anew) disposeTree(this.#carried);
    this.#carried = initial;
    const windows = isEmpty(batch) ? [] : truncatedWindows(timeOf(batch), bptt);
    const last = windows.at(-1);
    const states = new Map<number, ModelState | undefined>([[0, initial]]);
    for (const window of windows) {
      const start = { loss, state: states.get(window.start), documents: resetState === "document" };
      const generators = this.#model.generatorStates();
      const found = windowGradients(this.#model, batch, window, start);
      if (!Number.isFinite(found.loss)) this.#refuse(found, { batch, window, ...start, generators });
      states.set(window.end, found.after);
      this.#sum.add(found);
      this.#carried = found.after;
      if (this.#sum.windows === accumulate) {
        await this.#update({ batchDone: window === last }, { batch, window, ...start, generators });
      }
    }
    for (const [at, used] of states) if (at !== (last?.end ?? 0)) disposeTree(used);
    this.#state = { ...this.#state, batch: this.#state.batch + 1, ...this.#position() };
    if (this.canStop) await this.#settle();
  }

  /** Updates with what is left, validates where that is due, and turns to the next epoch. */
  async endEpoch(): Promise<void> {
    const { validation } = this.#options;
    if (!this.canStop) {
      await this.#update({ batchDone: true });
      await this.#settle();
      if (this.stoppedImproving) return;
    }
    if (validation !== undefined && validation.every === undefined) await this.#validate();
    const epoch = this.#state.epoch + 1;
    this.#lastEpoch = { lossSum: this.#state.lossSum ?? 0, elements: this.#state.elements ?? 0 };
    this.#state = { ...this.#state, epoch, batch: 0, lossSum: 0, elements: 0, ...this.#position() };
    if (this.#clock.dueAfterEpoch(epoch)) await this.#save();
  }

  /** How it ends. */
  result(stopped: FitResult<S>["stopped"]): FitResult<S> {
    const { lossSum = 0, elements = 0 } = stopped === "aborted" || this.#state.batch > 0 ? this.#state : this.#lastEpoch;
    const { step, clippedSteps = 0 } = this.#state;
    return { stopped, state: this.#state, loss: lossSum / elements, clippedShare: clippedSteps / step };
  }

  /** Gradients that never became an update. */
  leftOver(): unknown {
    return this.#sum.take()?.gradients;
  }

  async #update({ batchDone }: { readonly batchDone: boolean }, tried?: Tried): Promise<void> {
    const { optimizer, clip, onStep } = this.#options;
    const learned = this.#sum.take() as WindowGradients;
    const learningRate = optimizer.learningRate?.(this.#state.optimizer) ?? NaN;
    const { norm, clipped } = scope(() => {
      const bounded = clipGradients(learned.gradients, clip);
      if (!Number.isFinite(bounded.norm)) this.#refuse(learned, tried, bounded.norm);
      const state = applyGradients(this.#parameters, bounded.gradients, { optimizer, state: this.#state.optimizer });
      this.#state = { ...this.#state, optimizer: keep(state) };
      return { norm: bounded.norm, clipped: bounded.clipped };
    });
    disposeTree(learned.gradients);
    const { step, epoch, batch, lossSum = 0, elements = 0, clippedSteps = 0 } = this.#state;
    this.#state = {
      ...this.#state,
      step: step + 1,
      lossSum: lossSum + learned.loss * learned.elements,
      elements: elements + learned.elements,
      clippedSteps: clippedSteps + Number(clipped),
    };
    // What was left over at the end of an epoch is no batch more.
    const done = tried === undefined ? this.#state : { ...this.#state, batch: batch + 1, ...this.#position() };
    const state = batchDone ? done : { ...this.#state, carried: undefined, midBatch: true };
    const { loss } = learned;
    await onStep?.({
      step: step + 1,
      epoch,
      loss,
      gradientNorm: norm,
      clipped,
      learningRate,
      elements: learned.elements,
      batchDone,
      state,
    });
    await this.#breathe();
  }

  // At the end of a batch where no gradients wait: what is due every so many updates counts from the last of these.
  async #settle(): Promise<void> {
    const { validation } = this.#options;
    const { step, settled: before = step } = this.#state;
    this.#state = { ...this.#state, settled: step };
    const every = validation?.every ?? Infinity;
    if (Math.floor(step / every) > Math.floor(before / every)) await this.#validate();
    if (this.#clock.dueAfterBatch(before, step)) await this.#save();
  }

  async #validate(): Promise<void> {
    const { validation, earlyStopping, optimizer, onValidation, loss, resetState } = this.#options;
    if (validation === undefined) return;
    const { metrics } = validation;
    const measured = await measure(
      this.#model,
      validation.batches,
      { loss, ...(metrics && { metrics }), ...(resetState && { resetState }) },
      this.#breathe,
    );
    check(
      measured.elements > 0,
      "fit: validation must measure something each time",
      "no element that counts",
      "an iterator can be read once: pass an array, or what iterates anew",
    );
    const { step, epoch, best } = this.#state;
    const compared = earlyStopping && keepBest(this.#model, earlyStopping, measured, { best, step });
    this.#state = {
      ...this.#state,
      optimizer: optimizer.observe?.(this.#state.optimizer, measured.loss) ?? this.#state.optimizer,
      ...(compared && { best: compared.best }),
    };
    await onValidation?.({ step, epoch, ...measured, improved: compared?.improved ?? false });
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    const model = this.#values();
    for (const [name, value] of Object.entries(model)) {
      if (Number.isFinite(scope(() => value.abs().max().item()))) continue;
      const { step, epoch, batch } = this.#state;
      throw new TrainingError(
        "not-finite",
        `fit: step ${step} left ${name} with values that are not finite; no checkpoint was written, so that the one before stays; resume from it with a smaller learning rate`,
        { step, epoch, batch },
      );
    }
    await checkpoint.save({ model, training: this.#state });
    this.#clock.saved();
  }

  // Generators and the carried state as they are now.
  #position(): Pick<FitState<S>, "carried" | "generators"> {
    return { carried: this.#carried, generators: this.#model.generatorStates() };
  }

  #values(): Record<string, Tensor> {
    return Object.fromEntries([...this.#parameters].map(([name, parameter]) => [name, parameter.value]));
  }

  #refuse({ loss }: WindowGradients, tried: Tried | undefined, norm: number = NaN): never {
    const { step, epoch, batch } = this.#state;
    if (tried !== undefined) this.#model.restoreGenerators(tried.generators);
    const where = tried && locateNotFinite(this.#model, tried);
    throw new TrainingError(
      "not-finite",
      `fit: step ${step + 1} gave loss ${loss} and gradient norm ${norm} in batch ${batch} of epoch ${epoch}${where === undefined ? "" : `: ${where.description}`}; the parameters are those of step ${step}; try clip: { maxNorm: 1 } or a smaller learning rate`,
      { step: step + 1, epoch, batch, ...where?.place },
    );
  }
}

/** A back-propagation, to be tried again. */
interface Tried extends BadWindow {
  readonly generators: Readonly<Record<string, readonly number[]>>;
}
