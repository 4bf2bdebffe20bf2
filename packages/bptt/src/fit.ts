import { disposeTree } from "@unroll/tensor";

import { checkBatches, releaseBatch, type Batches } from "./batch.js";
import { checkFitOptions } from "./check-fit-options.js";
import { TrainingError } from "./error.js";
import type { FitOptions, FitResult } from "./fit-options.js";
import type { SequenceModel } from "./sequence-model.js";
import { Training } from "./training.js";

/**
 * Trains a model through time: full or truncated back-propagation, with the state carried over the cuts and from batch to batch, but
 * no gradient through them. Other work of the page or the server runs between updates. With the same options, weights and
 * `resume` of a checkpoint it goes on to the weights that the uninterrupted training would have had, bit for bit.
 *
 * @param batches - Read anew in each epoch, as an array is; or a function that gives the batches of an epoch, as for an order that depends on it.
 * @throws TrainingError `not-finite` when a loss or a gradient is NaN or infinite; its `place` says where that began, and the
 * parameters are those of the last good update. `option`
 */
export async function fit<S>(
  model: SequenceModel,
  batches: Batches | ((epoch: number) => Batches),
  options: FitOptions<S>,
): Promise<FitResult<S>> {
  checkFitOptions(model, options);
  const { epochs = 1, signal } = options;
  const training = new Training(model, options);
  model.train();
  // Batches that an epoch gives at least.
  let least = 0;
  try {
    await training.catchUp();
    for (let { epoch } = training.state; epoch < epochs && !training.stoppedImproving; epoch++) {
      const skipped = training.state.batch;
      const source = typeof batches === "function" ? batches(epoch) : batches;
      checkBatches("fit: batches", source);
      let index = 0;
      for await (const batch of source) {
        if (index++ < skipped) {
          releaseBatch(batch, source);
          continue;
        }
        if (signal?.aborted === true && training.canStop) {
          releaseBatch(batch, source);
          return training.result("aborted");
        }
        await training.learn(batch, { firstOfEpoch: index === 1 });
        releaseBatch(batch, source);
        if (training.stoppedImproving) break;
      }
      if (training.stoppedImproving) break;
      if (index < Math.max(least, skipped)) throw endedEarly(epoch, { found: index, needed: Math.max(least, skipped) });
      if (typeof batches !== "function") least = Math.min(index, 1);
      await training.endEpoch();
    }
    const stopped = training.stoppedImproving ? "early" : "done";
    const { best } = training.state;
    if (best !== undefined && !Number.isNaN(best.value)) model.loadStateDict(best.weights);
    return training.result(stopped);
  } finally {
    model.evaluate();
    disposeTree(training.leftOver());
  }
}

function endedEarly(epoch: number, { found, needed }: { readonly found: number; readonly needed: number }): TrainingError {
  return new TrainingError(
    "option",
    `fit: epoch ${epoch} must give its batches anew, at least ${needed}, got ${found}; an iterator can be read once: pass an array, or a function of the epoch`,
  );
}
