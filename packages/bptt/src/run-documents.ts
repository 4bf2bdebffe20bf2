import { concat, fromTypedArray, type Tensor } from "@unroll/tensor";

import type { Batch } from "./batch.js";
import { mapModelState, predicted, stateAfter, type ModelState, type SequenceModel } from "./sequence-model.js";

/** What a model gives for a batch. */
export interface ModelRun {
  readonly prediction: Tensor;
  readonly state: ModelState | undefined;
}

/** Runs a model over a batch from a state. */
export function runModel(model: SequenceModel, { inputs, lengths }: Batch, state: ModelState | undefined): ModelRun {
  const prediction = lengths === undefined ? model.forward(inputs, state) : model.forward(inputs, state, { lengths });
  return { prediction: predicted(prediction), state: stateAfter(prediction) };
}

/**
 * Runs a model over rows in which documents begin, each row starting anew where one does: as if every document had been
 * read alone. The batch is cut wherever a row starts, and there the rows that start are run apart from those that go on.
 */
export function runDocuments(model: SequenceModel, batch: Batch, initial: ModelState | undefined): ModelRun {
  const { inputs, starts, lengths } = batch;
  if (starts === undefined) return runModel(model, batch, initial);
  const [rows, time] = starts.shape as [number, number];
  const begins = starts.toTypedArray();
  const startingAt = (t: number): number[] => range(rows).filter((row) => begins[row * time + t] !== 0);
  const cuts = range(time).filter((t) => t === 0 || startingAt(t).length > 0);
  let state = initial;
  const pieces = cuts.map((start, index) => {
    const end = cuts[index + 1] ?? time;
    const piece: Batch = {
      inputs: inputs.slice({ axis: 1, start, stop: end }),
      targets: inputs,
      ...(lengths && { lengths: lengths.map((length) => Math.min(Math.max(length - start, 0), end - start)) }),
    };
    const run = runRows(model, piece, { state, starting: startingAt(start) });
    state = run.state;
    return run.prediction;
  });
  return { prediction: pieces.length === 1 ? (pieces[0] as Tensor) : concat(pieces, { axis: 1 }), state };
}

function runRows(
  model: SequenceModel,
  piece: Batch,
  { state, starting }: { readonly state: ModelState | undefined; readonly starting: readonly number[] },
): ModelRun {
  const rows = range(piece.inputs.shape[0] as number);
  if (state === undefined || starting.length === rows.length) return runModel(model, piece, undefined);
  if (starting.length === 0) return runModel(model, piece, state);
  const going = rows.filter((row) => !starting.includes(row));
  const part = (picked: readonly number[], from: ModelState | undefined): ModelRun =>
    runModel(
      model,
      {
        ...piece,
        inputs: pick(piece.inputs, picked),
        ...(piece.lengths && { lengths: Int32Array.from(picked, (row) => piece.lengths?.[row] ?? 0) }),
      },
      from && mapModelState(from, (tensor) => pick(tensor, picked)),
    );
  const parts = [part(starting, undefined), part(going, state)] as const;
  const order = [...starting, ...going];
  const places = rows.map((row) => order.indexOf(row));
  const join = (a: Tensor, b: Tensor): Tensor => pick(concat([a, b], { axis: 0 }), places);
  return {
    prediction: join(parts[0].prediction, parts[1].prediction),
    state: parts[0].state?.map((record, layer) =>
      Object.fromEntries(
        Object.entries(record).map(([name, tensor]) => [name, join(tensor, parts[1].state?.[layer]?.[name] as Tensor)]),
      ),
    ),
  };
}

function pick(tensor: Tensor, rows: readonly number[]): Tensor {
  return tensor.take(fromTypedArray(Int32Array.from(rows), [rows.length]), { axis: 0 });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
