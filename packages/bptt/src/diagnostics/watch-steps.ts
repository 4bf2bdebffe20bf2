import { Unrolled, type SequenceOptions } from "@unroll/cells";
import type { Module, Parameter } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { TrainingError } from "../error.js";

/** A step of a layer that has just run. */
export interface WatchedStep {
  /** The layer and direction, as `rnn.l0` or `rnn.l1_reverse`. */
  readonly layer: string;
  /** Position in the sequence that the layer read. */
  readonly time: number;
  /** `[batch, width]` by name. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** Activations of the gates, where the cell gives them. */
  readonly gates: Readonly<Record<string, Tensor>>;
}

/** A recurrent layer of a model. */
export interface RecurrentLayer {
  readonly name: string;
  readonly gates: readonly string[];
  /** Learned tensors by camelCase name. */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** The layers of a model that `unroll` made, in both directions. */
export function recurrentLayers(model: Module): RecurrentLayer[] {
  return unrolled(model).flatMap(([path, part]) =>
    part.tracks.map(({ place, cell, parameters }) => ({ name: layerName(path, place.suffix), gates: cell.gates, parameters })),
  );
}

/**
 * Calls `onStep` after every step of every layer that `unroll` made, while `run` runs. The layers of the model listen for
 * the time being; nothing in the model has to pass anything on.
 *
 * @throws TrainingError `model` when there is no such layer.
 */
export function watchSteps<R>(model: Module, onStep: (step: WatchedStep) => void, run: () => R): R {
  const layers = unrolled(model);
  if (layers.length === 0) {
    throw new TrainingError(
      "model",
      "gradientFlow: needs a layer made by unroll, got a model without; make one with unroll(cell, …)",
    );
  }
  const begun = new Map<string, number>();
  for (const [path, part] of layers) {
    const forward = part.forward.bind(part);
    part.forward = (x: Tensor, options: SequenceOptions = {}) => {
      // A layer may be called several times for one sequence, piece by piece.
      const offset = begun.get(path) ?? 0;
      begun.set(path, offset + (x.shape[1] ?? 0));
      return forward(x, {
        ...options,
        onStep: (event) => {
          options.onStep?.(event);
          const { state, gates = {} } = event.result;
          onStep({ layer: layerName(path, event.track.place.suffix), time: offset + event.t, state, gates });
        },
      });
    };
  }
  try {
    return run();
  } finally {
    for (const [, part] of layers) Reflect.deleteProperty(part, "forward");
  }
}

function unrolled(model: Module): [path: string, part: Unrolled][] {
  return [...model.modules()].filter((entry): entry is [string, Unrolled] => entry[1] instanceof Unrolled);
}

function layerName(path: string, suffix: string): string {
  return path === "" ? suffix.slice(1) : `${path}.${suffix.slice(1)}`;
}
