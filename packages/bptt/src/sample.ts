import { disposeTree, fromTypedArray, keep, scope, type Generator } from "@unroll/tensor";

import { TrainingError } from "./error.js";
import { detached, predicted, stateAfter, type ModelState, type SequenceModel } from "./sequence-model.js";

/** How {@link sample} draws. */
export interface SampleOptions {
  /** Indices to read first; at least one. */
  readonly prime: Int32Array;
  readonly generator: Generator;
  /** Divides the logits, default 1; 0 always takes the likeliest. */
  readonly temperature?: number;
  /** Draws among the k likeliest only; all when left out. */
  readonly topK?: number;
}

/** Draws an index from logits. */
export function drawIndex(
  logits: ArrayLike<number>,
  { generator, temperature = 1, topK = logits.length }: Omit<SampleOptions, "prime">,
): number {
  const order = Array.from(logits, (_, index) => index).sort((a, b) => (logits[b] as number) - (logits[a] as number));
  if (temperature === 0) return order[0] as number;
  const candidates = order.slice(0, Math.max(1, topK));
  const largest = logits[candidates[0] as number] as number;
  const weights = candidates.map((index) => Math.exp(((logits[index] as number) - largest) / temperature));
  let left = generator.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const chosen = weights.findIndex((weight) => (left -= weight) < 0);
  return candidates[chosen === -1 ? candidates.length - 1 : chosen] as number;
}

/**
 * Generates indices one by one, each fed back as the next input. Endless: stop reading when there is enough.
 *
 * @param model - gives logits `[1, time, classes]` for indices `[1, time]`.
 */
export function* sample(model: SequenceModel, { prime, ...drawing }: SampleOptions): IterableIterator<number> {
  if (prime.length === 0) throw new TrainingError("option", "sample: the prime needs at least one element to start from");
  let carried: ModelState | undefined;
  let inputs = prime;
  try {
    for (;;) {
      const before = carried;
      const step = scope(() => {
        const prediction = model.forward(fromTypedArray(inputs, [1, inputs.length]), before);
        const logits = predicted(prediction).slice({ axis: 1, start: -1 }).toTypedArray();
        return { next: drawIndex(logits, drawing), state: keep(detached(stateAfter(prediction))) };
      });
      disposeTree(before);
      carried = step.state;
      inputs = Int32Array.of(step.next);
      yield step.next;
    }
  } finally {
    disposeTree(carried);
  }
}
