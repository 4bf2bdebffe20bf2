import { Tape } from "@unroll/autograd";
import type { Tensor } from "@unroll/tensor";

import type { Module } from "./module.js";
import { withBoundParameters } from "./with-bound-parameters.js";

/** What {@link differentiate} gives back. */
export interface Differentiated {
  /** The loss, without variables. */
  readonly loss: Tensor;
  /** Its gradient for every parameter, by dotted name; zeros for those it does not depend on. */
  readonly gradients: Record<string, Tensor>;
}

/**
 * Runs `computeLoss` while every parameter of `module` is a variable of a fresh tape, and walks the tape back.
 *
 * @param computeLoss - returns a scalar; called once, synchronously.
 */
export function differentiate(module: Module, computeLoss: () => Tensor): Differentiated {
  const tape = new Tape();
  const parameters = module.parameters();
  const variables = [...parameters.values()].map(({ value }) => tape.variable(value));
  // Parameters stay bound on the way back, because checkpoints run their functions again.
  return withBoundParameters(parameters.values(), variables, () => {
    const loss = computeLoss();
    const found = tape.gradients(loss, variables, { unused: "zeros" });
    const gradients = Object.fromEntries([...parameters.keys()].map((name, index) => [name, found[index] as Tensor]));
    return { loss: loss.toDense(), gradients };
  });
}
