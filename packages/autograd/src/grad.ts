import type { Tensor } from "@unroll/tensor";

import { Tape } from "./tape.js";
import { Variable } from "./variable.js";

/** A value and its gradients, one per argument. */
export interface ValueAndGradients {
  readonly value: Tensor;
  readonly gradients: Tensor[];
}

/**
 * Turns a function of tensors with a scalar result into one that also gives the gradient for each argument (zeros where the result
 * does not depend on it). Nests: the gradient of a gradient is a second derivative.
 */
export function valueAndGrad(fn: (...inputs: Tensor[]) => Tensor): (...inputs: Tensor[]) => ValueAndGradients {
  return (...inputs) => {
    const tape = new Tape();
    const variables = inputs.map((input) => tape.variable(input));
    const output = fn(...variables);
    const gradients = tape.gradients(output, variables, { unused: "zeros" });
    return { value: below(output, tape), gradients };
  };
}

/**
 * The gradient of a scalar function for its first argument.
 *
 * @example
 * grad((x) => x.mul(x).mul(x).sum())(tensor([2])).item(); // 12
 */
export function grad(fn: (...inputs: Tensor[]) => Tensor): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => valueAndGrad(fn)(...inputs).gradients[0] as Tensor;
}

/** The plain values of a tensor: gradients do not flow through it. */
export function stopGradient(x: Tensor): Tensor {
  return x.toDense();
}

/** The tensor below a variable of `tape`; anything else as it is. */
export function below(x: Tensor, tape: Tape): Tensor {
  return x instanceof Variable && x.interpreter === tape ? x.value : x;
}
