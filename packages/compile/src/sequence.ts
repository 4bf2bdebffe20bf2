import type { Tensor } from "@unroll/tensor";

import { mapValues } from "./map-values.js";
import type { StepInputs, StepOutputs, Tensors } from "./trace/trace-step.js";

/** What a compiled step runs over. */
export interface SequenceInputs {
  readonly weights: Tensors;
  /** `[batch, width]`, the same at every step. */
  readonly rows: Tensors;
  /** `[batch, time, width]` */
  readonly steps: Tensors;
  /** `[batch, width]`, before the first step. */
  readonly state: Tensors;
  /** Where one of the steps was read; what is done to it before the loop may then be done to the table. */
  readonly lookup?: StepLookup | undefined;
}

/** An input of every step that is `table.take(indices)`. */
export interface StepLookup {
  /** Its name. */
  readonly step: string;
  /** `[count, width]` */
  readonly table: Tensor;
  /** int32 `[batch, time]` */
  readonly indices: Tensor;
  /**
   * What was read, where the input is made of it, as by a mask; else the input itself. Gradients go past it to the table, unless somebody
   * looks at its own. Where the input differs from rows of the table, nothing may depend on either.
   */
  readonly read?: Tensor | undefined;
}

/** How a sequence is read. */
export interface SequenceOptions {
  /** From its end; default false. */
  readonly reverse?: boolean;
  /** The step itself, for derivatives of derivatives: a backward pass that another tape records runs it step by step. */
  readonly step?: (inputs: StepInputs) => StepOutputs;
}

/** What a sequence gives. */
export interface SequenceOutputs {
  /** `[batch, time, width]` */
  readonly output: Tensor;
  /** After the step that was read last. */
  readonly state: Tensors;
  /** What the step watches: `[batch, width]` at every position of the sequence. */
  readonly watched: Readonly<Record<string, readonly Tensor[]>>;
}

/** What a sequence has gradients for. */
export type Differentiable = Omit<SequenceInputs, "rows" | "lookup">;

/** Inputs by name again, from their values in order. */
export function refill({ weights, steps, state }: SequenceInputs, values: readonly Tensor[]): Differentiable {
  const take = takeFrom(values);
  return { weights: mapValues(weights, take), steps: mapValues(steps, take), state: mapValues(state, take) };
}

// Gives the next value at each call.
function takeFrom(values: readonly Tensor[]): () => Tensor {
  const rest = values.values();
  return () => rest.next().value as Tensor;
}

/** All that a sequence gives, in one order. */
export function listOf({ output, state, watched }: SequenceOutputs): Tensor[] {
  return [output, ...Object.values(state), ...Object.values(watched).flat()];
}

/** The same by name again, with other values. */
export function fill({ state, watched }: SequenceOutputs, values: readonly Tensor[]): SequenceOutputs {
  const take = takeFrom(values);
  return { output: take(), state: mapValues(state, take), watched: mapValues(watched, (steps) => steps.map(take)) };
}
