import { Tape, type Variable } from "@unroll/autograd";
import type { Tensor } from "@unroll/tensor";

import { listOf, refill, type SequenceInputs } from "../sequence.js";
import type { StepInputs, StepOutputs } from "../trace/trace-step.js";
import { stepThrough } from "./step-through.js";

/** Gradients that can be differentiated in turn: of the inputs in their order, and of what the step watches. */
export function pullBackAgain(
  step: (inputs: StepInputs) => StepOutputs,
  inputs: SequenceInputs,
  { cotangents, reverse }: { readonly cotangents: readonly Tensor[]; readonly reverse: boolean },
): { readonly gradients: readonly Tensor[]; readonly watched: readonly Tensor[] } {
  const tape = new Tape();
  const variables = [inputs.weights, inputs.steps, inputs.state].flatMap((record) =>
    Object.values(record).map((x) => tape.variable(x)),
  );
  const outputs = stepThrough(step, { ...refill(inputs, variables), rows: inputs.rows }, { reverse });
  const seen = Object.values(outputs.watched).flat();
  const recorded = seen.filter((x): x is Variable => x.interpreter === tape);
  const made = listOf(outputs);
  const total = made.map((x, index) => x.mul(cotangents[index] as Tensor).sum()).reduce((sum, part) => sum.add(part));
  const found = tape.gradients(total, [...variables, ...recorded], { unused: "zeros" });
  const own = new Map<Tensor, Tensor | undefined>(recorded.map((x, index) => [x, found[variables.length + index]]));
  const first = made.length - seen.length;
  return {
    gradients: found.slice(0, variables.length),
    // What depends on nothing has only the gradient that comes in.
    watched: seen.map((x, index) => own.get(x) ?? (cotangents[first + index] as Tensor)),
  };
}
