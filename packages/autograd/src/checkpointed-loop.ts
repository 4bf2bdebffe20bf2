import { checkpoint, type CheckpointOptions } from "./checkpoint.js";
import { AutogradError } from "./error.js";

/** What one step of a loop gives. */
export interface LoopStep<S, O> {
  readonly state: S;
  readonly output: O;
}

/** How a loop is cut. */
export interface CheckpointedLoopOptions extends CheckpointOptions {
  /** Steps between two stored states, at least 1; default the square root of `steps`, which stores the least. */
  readonly segment?: number;
}

/**
 * Runs `step` over time in checkpointed segments: O(sqrt T) states are stored in place of every intermediate of T steps.
 *
 * @param steps - T.
 * @returns the last state and the T outputs.
 * @throws AutogradError `option` unless both numbers of steps are whole.
 */
export function checkpointedLoop<S, O>(
  steps: number,
  initial: S,
  step: (state: S, time: number) => LoopStep<S, O>,
  { segment = Math.max(1, Math.ceil(Math.sqrt(steps))), ...options }: CheckpointedLoopOptions = {},
): { readonly state: S; readonly outputs: O[] } {
  if (!(Number.isInteger(steps) && steps >= 0 && Number.isInteger(segment) && segment >= 1)) {
    throw new AutogradError(
      "option",
      `checkpointedLoop: steps must be an integer >= 0 and segment one >= 1, got ${steps} and ${segment}`,
    );
  }
  let state = initial;
  const outputs: O[] = [];
  for (let start = 0; start < steps; start += segment) {
    const run = checkpoint((first: S) => {
      let inner = first;
      const made: O[] = [];
      for (let time = start; time < Math.min(start + segment, steps); time++) {
        const next = step(inner, time);
        inner = next.state;
        made.push(next.output);
      }
      return { state: inner, made };
    }, options);
    const part = run(state);
    state = part.state;
    outputs.push(...part.made);
  }
  return { state, outputs };
}
