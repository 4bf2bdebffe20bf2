import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { checkWord } from "../checks/check-word.js";
import { given } from "../checks/given.js";
import { checkTask, type TaskBatch, type TaskOptions } from "./task-batch.js";

/** Spikes of the timing tasks: spike n comes `minimumDelay + offset(n)` steps after the one before it. */
export interface SpikeOptions extends TaskOptions {
  /** Steps. */
  readonly length: number;
  /** F, the steps that always lie between two spikes. */
  readonly minimumDelay: number;
  /** Largest offset I, drawn for each spike from 0..maximumOffset; the paper's easiest case is 1. */
  readonly maximumOffset: number;
}

/**
 * Measuring spike delays (MSD): inputs float32 `[batch, time, 1]` are 1 at a spike and 0 elsewhere; targets float32
 * `[batch, time, 1]` hold at each spike the offset I(n) of its delay. Only those steps count: `mask`, bool `[batch, time]`.
 * Spikes come at T(0) = F + I(0), T(n) = T(n-1) + F + I(n).
 *
 * Source: F. A. Gers, N. N. Schraudolph and J. Schmidhuber, "Learning precise timing with LSTM recurrent networks",
 * Journal of Machine Learning Research 3, 2002, where peepholes are what makes it learnable.
 */
export function spikeDelayBatch(options: SpikeOptions): TaskBatch & { readonly mask: Tensor } {
  const { spikes, atSpike } = drawSpikes("spikeDelayBatch", options);
  return {
    ...asBatch(spikes, atSpike, options),
    mask: fromTypedArray(Uint8Array.from(spikes), [options.batchSize, options.length]),
  };
}

/**
 * Generating timed spikes (GTS): the roles of {@link spikeDelayBatch} turned round. Inputs float32 `[batch, time, 1]` hold
 * the offset I(n) over all steps after spike n-1 up to spike n; targets float32 `[batch, time, 1]` are 1 at a spike and 0
 * elsewhere. Source as there.
 */
export function timedSpikesBatch(options: SpikeOptions): TaskBatch {
  const { spikes, held } = drawSpikes("timedSpikesBatch", options);
  return asBatch(held, spikes, options);
}

/**
 * Periodic function generation (PFG): targets float32 `[batch, time, 1]` follow, from t = 0, a function of period T with
 * values in 0..1, while the inputs `[batch, time, 1]` are 0. `cosine` is `(1 - cos(2π t / T)) / 2`, `triangle` rises over
 * half a period and falls over the other, `rectangle` is 1 for the first half and 0 for the second. Source as in
 * {@link spikeDelayBatch}.
 */
export function periodicFunctionBatch(options: {
  readonly batchSize: number;
  readonly length: number;
  readonly period: number;
  readonly shape: "cosine" | "triangle" | "rectangle";
}): TaskBatch {
  const { batchSize, length, period, shape } = given(options);
  checkWord("periodicFunctionBatch", "shape", shape, ["cosine", "triangle", "rectangle"]);
  for (const [name, value] of Object.entries({ batchSize, length, period })) checkCount("periodicFunctionBatch", name, value);
  const targets = new Float32Array(batchSize * length);
  for (let index = 0; index < targets.length; index++) {
    const part = ((index % length) % period) / period;
    if (shape === "cosine") targets[index] = (1 - Math.cos(2 * Math.PI * part)) / 2;
    else if (shape === "triangle") targets[index] = 1 - Math.abs(2 * part - 1);
    else targets[index] = part < 0.5 ? 1 : 0;
  }
  return asBatch(new Float32Array(batchSize * length), targets, options);
}

interface Spikes {
  /** 1 at a spike. */
  readonly spikes: Float32Array;
  /** The offset that led to a spike, at that spike. */
  readonly atSpike: Float32Array;
  /** The offset that leads to the next spike, at every step up to it. */
  readonly held: Float32Array;
}

function drawSpikes(operation: string, options: SpikeOptions): Spikes {
  checkTask(operation, options);
  const { batchSize, generator, length, minimumDelay, maximumOffset } = options;
  for (const [name, value] of Object.entries({ length, minimumDelay })) checkCount(operation, name, value);
  checkCount(operation, "maximumOffset", maximumOffset, 0);
  const [spikes, atSpike, held] = [0, 1, 2].map(() => new Float32Array(batchSize * length)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let row = 0; row < batchSize; row++) {
    for (let before = -1, last = 0; last < length;) {
      const offset = generator.integer(maximumOffset + 1);
      const next = last + minimumDelay + offset;
      held.fill(offset, row * length + before + 1, row * length + Math.min(next + 1, length));
      if (next < length) {
        spikes[row * length + next] = 1;
        atSpike[row * length + next] = offset;
      }
      before = next;
      last = next;
    }
  }
  return { spikes, atSpike, held };
}

function asBatch(
  inputs: Float32Array,
  targets: Float32Array,
  { batchSize, length }: { readonly batchSize: number; readonly length: number },
): TaskBatch {
  const shape = [batchSize, length, 1];
  return {
    inputs: fromTypedArray(inputs, shape),
    targets: fromTypedArray(targets, shape),
    lengths: new Int32Array(batchSize).fill(length),
  };
}
