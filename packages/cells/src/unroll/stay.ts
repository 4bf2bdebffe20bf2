import { where, type Tensor } from "@unroll/tensor";

import { mapState, type CellState, type StepResult } from "../cell.js";

/** What a row that does not run keeps. */
export interface Kept {
  readonly state: CellState;
  /** What stands in its output. */
  readonly output: Tensor | number;
}

/** What a step gives in the rows that run, `[batch, 1]` bool, and what was there before in the others. */
export function stay(running: Tensor, next: StepResult, before: Kept): StepResult {
  const state = mapState(before.state, (old, name) => where(running, next.state[name] as Tensor, old));
  // An output that is a state as well goes on from what that has become: then the state has the whole gradient, as where every row runs.
  const own = Object.keys(state).find((name) => next.state[name] === next.output);
  const output = own === undefined ? next.output : (state[own] as Tensor);
  return { ...next, state, output: where(running, output, before.output) };
}
