import { stack, where, zeros, type Tensor } from "@unroll/tensor";

import type { Cell, CellState } from "./cell.js";
import type { Lengths } from "./lengths.js";

/** One layer in one direction over a whole sequence. */
export interface LayerRun {
  readonly cell: Cell;
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly state: CellState;
  readonly reverse: boolean;
  /** Undefined when every row is full. */
  readonly lengths: Lengths | undefined;
}

/** Outputs `[batch, time, hidden]` and the state after each row's last real step. */
export function runLayer(x: Tensor, run: LayerRun): { readonly output: Tensor; readonly state: CellState } {
  const { cell, parameters, reverse, lengths } = run;
  const turn = (sequence: Tensor): Tensor => {
    if (!reverse) return sequence;
    return lengths === undefined ? sequence.flip({ axis: 1 }) : lengths.reverse(sequence);
  };
  let state = run.state;
  const outputs: Tensor[] = [];
  turn(x)
    .unstack({ axis: 1 })
    .forEach((step, t) => {
      const next = cell.step(parameters, step, state);
      if (lengths === undefined) {
        state = next.state;
        outputs.push(next.output);
        return;
      }
      const running = lengths.mask(t);
      const before = state;
      state = mapState(before, (old, name) => where(running, next.state[name] as Tensor, old));
      outputs.push(where(running, next.output, 0));
    });
  const first = Object.values(state)[0] as Tensor;
  const output =
    outputs.length > 0 ? turn(stack(outputs, { axis: 1 })) : zeros([x.shape[0] as number, 0, first.shape[1] as number]);
  return { output, state };
}

/** Another state of the same names. */
export function mapState(state: CellState, change: (tensor: Tensor, name: string) => Tensor): CellState {
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, change(tensor, name)]));
}
