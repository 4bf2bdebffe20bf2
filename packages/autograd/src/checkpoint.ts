import { scope, type Generator, type Tensor } from "@unroll/tensor";

import { layersOf, recording, rests, synchronous, withRecording } from "./recording.js";
import type { Tape } from "./tape.js";
import { leavesOf, mapTree, refill } from "./tree.js";
import type { Variable } from "./variable.js";

/** What a checkpointed function draws from. */
export interface CheckpointOptions {
  /** Put back for the second run, so that dropout masks repeat. */
  readonly generators?: readonly Generator[];
}

/**
 * A function that stores its arguments and results alone, and is run again in the backward pass. Arguments and results are trees of
 * tensors; variables it closes over get their gradients too. It must be pure, apart from `generators`. Gradients are the same to
 * the bit as without.
 *
 * @throws AutogradError `asynchronous` when `fn` returns a promise.
 */
export function checkpoint<A extends readonly unknown[], R>(
  fn: (...inputs: A) => R,
  { generators = [] }: CheckpointOptions = {},
): (...inputs: A) => R {
  const run = (...inputs: A): R => synchronous("checkpoint", fn(...inputs));
  return (...inputs) => {
    const leaves = leavesOf(inputs);
    const layers = leaves.map(layersOf);
    if (leaves.some((leaf, index) => (layers[index]?.at(-1)?.value ?? leaf).interpreter.level !== 0)) return run(...inputs);
    const before = { ...recording() };
    const states = generators.map((generator) => generator.state());
    const met = new Set<Variable>(layers.flat());
    const result = withRecording({ through: before.levels, capture: met }, () => scope(() => run(...stripped(inputs, 0))));
    for (const variable of met) before.capture?.add(variable);
    const variables = [...met].filter(({ interpreter }) => !rests(before, interpreter.level));
    const tapes = [...new Set(variables.map(({ interpreter }) => interpreter))].sort((a, b) => a.level - b.level);
    let outputs = leavesOf(result);
    for (const tape of tapes) {
      const again = (): readonly Tensor[] =>
        replayed(tape, generators, states, () => leavesOf(fn(...stripped(inputs, tape.level))));
      outputs = tape.record({
        name: "checkpoint",
        inputs: variables.filter(({ interpreter }) => interpreter === tape),
        outputs,
        replay: { run: again, isolated: new Set([...met].map(({ interpreter }) => interpreter)).size === 1 },
      });
    }
    return refill(result, outputs);
  };
}

/** Inputs without the variables of tapes above `level`. */
function stripped<T>(inputs: T, level: number): T {
  return mapTree(inputs, (x) => {
    const above = layersOf(x).filter(({ interpreter }) => interpreter.level > level);
    return above.at(-1)?.value ?? x;
  });
}

// The tape records again, those above it rest, and the generators stand where they stood.
function replayed<R>(tape: Tape, generators: readonly Generator[], states: readonly (readonly number[])[], run: () => R): R {
  const state = recording();
  const now = generators.map((generator) => generator.state());
  generators.forEach((generator, index) => generator.restore(states[index] as readonly number[]));
  try {
    const through = Math.min(state.through, tape.level - 1);
    return withRecording({ through, above: tape.level, upTo: state.levels, capture: undefined }, run);
  } finally {
    generators.forEach((generator, index) => generator.restore(now[index] as readonly number[]));
  }
}
