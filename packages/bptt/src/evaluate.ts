import { disposeTree, keep, scope } from "@unroll/tensor";

import type { Loss } from "./fit.js";
import { detachedState, predicted, type Batch, type ModelState, type SequenceModel } from "./sequence-model.js";

/** Mean loss per sequence element over batches read in order, with the state carried from one to the next. NaN without batches. */
export function evaluate(model: SequenceModel, batches: Iterable<Batch>, { loss }: { readonly loss: Loss }): number {
  let carried: ModelState | undefined;
  let total = 0;
  let count = 0;
  for (const batch of batches) {
    const elements = (batch.targets.shape[0] as number) * (batch.targets.shape[1] ?? 1);
    const before = batch.first === true ? undefined : carried;
    const step = scope(() => {
      const prediction = model.forward(batch.inputs, before);
      return { value: loss(predicted(prediction), batch.targets).item(), state: keep(detachedState(prediction)) };
    });
    disposeTree(carried);
    carried = step.state;
    total += step.value * elements;
    count += elements;
    disposeTree({ inputs: batch.inputs, targets: batch.targets });
  }
  disposeTree(carried);
  return total / count;
}
