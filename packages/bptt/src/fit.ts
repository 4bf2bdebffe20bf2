import { disposeTree } from "@unroll/tensor";

import { releaseBatch, type Batches } from "./batch.js";
import type { FitOptions, FitResult } from "./fit-options.js";
import type { SequenceModel } from "./sequence-model.js";
import { Training } from "./training.js";

/**
 * Trains a model through time: full or truncated back-propagation, with the state carried over the cuts and from batch to batch, but
 * no gradient through them. Other work of the page or the server runs between updates. With the same options, weights and
 * `resume` of a checkpoint it goes on to the weights that the uninterrupted training would have had, bit for bit.
 *
 * @param batches - Read once per epoch; or a function that gives the batches of an epoch, as for an order that depends on it.
 * @throws TrainingError `not-finite` when a loss or a gradient is NaN or infinite; its `place` says where that began, and the
 * parameters are those of the last good update. `option`
 */
export async function fit<S>(
  model: SequenceModel,
  batches: Batches | ((epoch: number) => Batches),
  options: FitOptions<S>,
): Promise<FitResult<S>> {
  const { epochs = 1, signal } = options;
  const training = new Training(model, options);
  model.train();
  try {
    for (let { epoch } = training.state; epoch < epochs; epoch++) {
      const skipped = training.state.batch;
      const source = typeof batches === "function" ? batches(epoch) : batches;
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
      await training.endEpoch();
      if (training.stoppedImproving) break;
    }
    const stopped = training.stoppedImproving ? "early" : "done";
    const { best } = training.state;
    if (best !== undefined) model.loadStateDict(best.weights);
    return training.result(stopped);
  } finally {
    model.evaluate();
    disposeTree(training.leftOver());
  }
}
