import { stack, zeros, type Tensor } from "@unroll/tensor";

import type { CellState, StepResult } from "../cell.js";
import { stay } from "./stay.js";
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

/** What a track gives for a sequence. */
export interface TrackResult {
  /** `[batch, time, outputSize]` */
  readonly output: Tensor;
  /** After each row's last real step. */
  readonly state: CellState;
}

/**
 * Runs a step over `x [batch, time, inputSize]`: outputs `[batch, time, outputSize]` and the state after each row's last real step.
 * A row whose step is not real keeps its state, so that padding, wherever it stands, changes nothing: read backwards, a short row
 * starts at its own end.
 */
export function runLayer(x: Tensor, step: Step, run: LayerRun): TrackResult {
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
    // Whoever watches a ragged batch sees at every step what he sees at a ragged one: values that are apart, each with its own gradient.
    const stays = running !== "all" || (mask !== undefined && onStep !== undefined);
    if (stays) next = stay(mask?.columns[t] as Tensor, next, { state, output: padding });
    state = next.state;
    outputs[t] = next.output;
    if (paddedOutput === "repeat") padding = next.output;
    onStep?.(t, next);
  }
  return { output: stack(outputs, { axis: 1 }), state };
}
