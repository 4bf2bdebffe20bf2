import { stack, where, zeros, type Tensor } from "@unroll/tensor";

import { mapState, type CellState, type StepResult } from "../cell.js";
import type { StepMask } from "./step-mask.js";

/** One step of a layer, its parameters already in place. */
export type Step = (x: Tensor, state: CellState) => StepResult;

/** How one layer reads a sequence in one direction. */
export interface LayerRun {
  readonly state: CellState;
  readonly reverse: boolean;
  /** Undefined when every step is real. */
  readonly mask: StepMask | undefined;
  /** Width of the output. */
  readonly outputSize: number;
  /** What stands where a row does not run: 0, or its output before. */
  readonly paddedOutput: "zero" | "repeat";
  /** Called for each step that ran, in the order of reading. */
  readonly onStep: ((t: number, result: StepResult) => void) | undefined;
}

/**
 * Runs a step over `x [batch, time, inputSize]`: outputs `[batch, time, outputSize]` and the state after each row's last real step.
 * A row whose step is not real keeps its state, so that padding, wherever it stands, changes nothing: read backwards, a short row
 * starts at its own end.
 */
export function runLayer(x: Tensor, step: Step, run: LayerRun): { readonly output: Tensor; readonly state: CellState } {
  const { reverse, mask, paddedOutput, onStep } = run;
  const [batch = 0, time = 0] = x.shape;
  if (time === 0) return { output: zeros([batch, 0, run.outputSize], { dtype: x.dtype }), state: run.state };
  const inputs = x.unstack({ axis: 1 });
  const outputs = new Array<Tensor>(time);
  let state = run.state;
  let padding = zeros([batch, run.outputSize], { dtype: x.dtype });
  for (let read = 0; read < time; read++) {
    const t = reverse ? time - 1 - read : read;
    const running = mask?.running[t] ?? "all";
    if (running === "none") {
      outputs[t] = padding;
      continue;
    }
    let next = step(inputs[t] as Tensor, state);
    if (running !== "all") next = stay(running, next, { state, output: padding });
    state = next.state;
    outputs[t] = next.output;
    if (paddedOutput === "repeat") padding = next.output;
    onStep?.(t, next);
  }
  return { output: stack(outputs, { axis: 1 }), state };
}

// `next` in the rows that run, `before` in the others.
function stay(running: Tensor, next: StepResult, before: StepResult): StepResult {
  return {
    ...next,
    state: mapState(before.state, (old, name) => where(running, next.state[name] as Tensor, old)),
    output: where(running, next.output, before.output),
  };
}
