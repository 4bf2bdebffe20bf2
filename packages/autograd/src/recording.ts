import type { Interpreter, Tensor } from "@unroll/tensor";

import { AutogradError } from "./error.js";
import type { Variable } from "./variable.js";

/** What tapes share: which of them rest, and what they look out for. Tapes with a higher level stand above earlier ones. */
export interface Recording {
  /** The level of the latest tape. */
  levels: number;
  /** Tapes rest up to this level, … */
  through: number;
  /** … and above this one up to `upTo`. */
  above: number;
  upTo: number;
  /** Variables that resting tapes meet, while somebody wants to know. */
  capture: Set<Variable> | undefined;
  anomaly: boolean;
}

// One for a program, even where two copies of this package meet; the number is the version of its layout.
const key = Symbol.for("@unroll/autograd/recording/1");

/** The state shared by every tape of the program. */
export function recording(): Recording {
  const holder = globalThis as { [key]?: Recording };
  return (holder[key] ??= { levels: 0, through: 0, above: 0, upTo: 0, capture: undefined, anomaly: false });
}

/** Whether a tape of `level` rests. */
export function rests({ through, above, upTo }: Recording, level: number): boolean {
  return level <= through || (level > above && level <= upTo);
}

/** Runs `run` while part of the shared state is different. */
export function withRecording<R>(changes: Partial<Recording>, run: () => R): R {
  const state = recording();
  const { through, above, upTo, capture, anomaly } = state;
  Object.assign(state, changes);
  try {
    return run();
  } finally {
    Object.assign(state, { through, above, upTo, capture, anomaly });
  }
}

/**
 * Runs `run` without recording it: its results carry no gradients. Tapes begun inside still record.
 *
 * @throws AutogradError `asynchronous` when `run` returns a promise, because recording is back on before it settles.
 */
export function noGrad<R>(run: () => R): R {
  return withRecording({ through: recording().levels, capture: undefined }, () => synchronous("noGrad", run()));
}

/**
 * Runs `run` with every tape begun inside on the look-out for NaN: the first one throws an error that names the operation, and
 * where it was called. Slow; for finding faults.
 *
 * @throws AutogradError `anomaly` at the first NaN, `changed` when something wrote into a value between both passes,
 * `asynchronous` when `run` returns a promise.
 */
export function detectAnomaly<R>(run: () => R): R {
  return withRecording({ anomaly: true }, () => synchronous("detectAnomaly", run()));
}

/** How many tapes would record an operation on `tensors` now: more than one where a derivative is differentiated. */
export function recordingTapes(tensors: readonly Tensor[]): number {
  const state = recording();
  const found: Interpreter[] = [];
  for (const x of tensors) {
    for (let layer = x; layer.interpreter.name === "tape"; layer = (layer as Variable).value) {
      const { interpreter } = layer;
      if (!rests(state, interpreter.level) && !found.includes(interpreter)) found.push(interpreter);
    }
  }
  return found.length;
}

/** What stands below every tape: a plain tensor, or one of another interpreter. */
export function belowTapes(x: Tensor): Tensor {
  let below = x;
  while (below.interpreter.name === "tape") below = (below as Variable).value;
  return below;
}

/** Whether {@link detectAnomaly} is looking out. */
export function detectsAnomaly(): boolean {
  return recording().anomaly;
}

/** @throws AutogradError `asynchronous` for a promise. */
export function synchronous<R>(operation: string, result: R): R {
  if (result instanceof Promise) {
    throw new AutogradError(
      "asynchronous",
      `${operation}: must end before it returns, got a promise; put it inside the async code`,
    );
  }
  return result;
}

/** The variables one above the other that make up a tensor, topmost first; empty for plain tensors and tracers. */
export function layersOf(x: Tensor): Variable[] {
  const layers: Variable[] = [];
  for (let below = x; below.interpreter.name === "tape"; below = (below as Variable).value) layers.push(below as Variable);
  return layers;
}
