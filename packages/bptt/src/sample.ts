import { disposeTree, fromTypedArray, keep, scope } from "@unroll/tensor";

import { check } from "./check-option.js";
import { drawIndex, type DrawOptions } from "./draw-index.js";
import { TrainingError } from "./error.js";
import { enterEvaluation } from "./evaluation-mode.js";
import { yieldEvery } from "./event-loop.js";
import { detached, predicted, stateAfter, type ModelState, type SequenceModel } from "./sequence-model.js";

/** How {@link sample} draws, from what, and until when. */
export interface SampleOptions extends DrawOptions {
  /** Indices to read first; at least one. */
  readonly prime: Int32Array;
  /** State before the prime; the model's own start when left out. It stays the caller's. */
  readonly state?: ModelState;
  /** Indices to draw, default without end. */
  readonly length?: number;
  /** Ends after this index, or after the first of these. */
  readonly stop?: number | readonly number[];
}

/**
 * Generates indices one by one, each fed back as the next input. Endless unless `length` or `stop` is given: stop reading
 * when there is enough. Dropout is off.
 *
 * @param model - gives logits `[1, time, classes]` for indices `[1, time]`.
 * @throws TrainingError `option`; `model` where its logits cannot be drawn from.
 */
export function* sample(model: SequenceModel, options: SampleOptions): IterableIterator<number> {
  const { prime, state: initial, length = Infinity, stop = [], ...drawing } = options;
  if (prime.length === 0) throw new TrainingError("option", "sample: the prime needs at least one element to start from");
  check(
    length === Infinity || (Number.isInteger(length) && length >= 0),
    "sample: length must be a whole number, 0 or more",
    length,
  );
  const last = typeof stop === "number" ? [stop] : stop;
  let carried: ModelState | undefined;
  let inputs = prime;
  try {
    for (let drawn = 0; drawn < length; drawn++) {
      const before = carried ?? initial;
      const { next, state } = drawNext(model, { inputs, before, drawing });
      disposeTree(carried);
      carried = state;
      inputs = Int32Array.of(next);
      yield next;
      if (last.includes(next)) return;
    }
  } finally {
    disposeTree(carried);
  }
}

function drawNext(
  model: SequenceModel,
  {
    inputs,
    before,
    drawing,
  }: { readonly inputs: Int32Array; readonly before: ModelState | undefined; readonly drawing: DrawOptions },
): { readonly next: number; readonly state: ModelState | undefined } {
  // At each step, since the model may learn between two of them.
  const restore = enterEvaluation(model);
  try {
    return scope(() => {
      const prediction = model.forward(fromTypedArray(inputs, [1, inputs.length]), before);
      const logits = predicted(prediction).slice({ axis: 1, start: -1 }).toTypedArray();
      return { next: drawIndex(logits, drawing), state: keep(detached(stateAfter(prediction))) };
    });
  } finally {
    restore();
  }
}

/**
 * {@link sample} for a page or a server: the same indices, with room for other work in between.
 *
 * @param options - Those of `sample`, and `signal`, which ends the sequence.
 * @throws TrainingError `option`
 */
export async function* sampleAsync(
  model: SequenceModel,
  { signal, ...options }: SampleOptions & { readonly signal?: AbortSignal },
): AsyncIterableIterator<number> {
  const breathe = yieldEvery(10);
  for (const index of sample(model, options)) {
    if (signal?.aborted === true) return;
    yield index;
    await breathe();
  }
}
