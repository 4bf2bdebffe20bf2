import { formatShape, fromTypedArray, makeTypedArray, stack, type Tensor } from "@unroll/tensor";

import { AutogradError } from "./error.js";
import { asVariables, below, grad, gradientsOf } from "./grad.js";
import { Tape } from "./tape.js";
import { leavesOf } from "./tree.js";

/** A value, and what pulls a cotangent of it back to the inputs. */
export interface Vjp<T> {
  readonly value: Tensor;
  /** Gradients in the form of the input tree. May be called again. */
  readonly pullback: (cotangent: Tensor) => T;
}

/**
 * The value of `fn` at a tensor or a tree of tensors, with its vector-Jacobian product.
 *
 * @example
 * vjp((x) => x.square(), tensor([1, 2])).pullback(tensor([1, 10])).toString(); // "Tensor([ 2., 40.], shape=[2], dtype=float32)"
 */
export function vjp<T>(fn: (inputs: T) => Tensor, inputs: T): Vjp<T> {
  const tape = new Tape();
  const variables = asVariables(tape, inputs);
  const output = fn(variables);
  return {
    value: below(output, tape),
    pullback: (cotangent) => gradientsOf(tape, output, variables, { seed: cotangent, retainGraph: true }),
  };
}

/** All derivatives of a small function: `[...shape of the value, ...shape of x]`, a backward pass per element of the value. */
export function jacobian(fn: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const { value, pullback } = vjp(fn, x);
  const rows = Array.from({ length: value.size }, (_, element) => {
    const data = makeTypedArray(value.dtype, value.size);
    data[element] = 1;
    return pullback(fromTypedArray(data, value.shape));
  });
  return stack(rows, { axis: 0 }).reshape([...value.shape, ...x.shape]);
}

/**
 * The Hessian of a scalar function at `inputs`, times `direction`, which has the form of the inputs.
 *
 * @throws AutogradError `mismatch` when the forms differ.
 */
export function hvp<T>(fn: (inputs: T) => Tensor, inputs: T, direction: T): T {
  const along = leavesOf(direction);
  leavesOf(inputs).forEach(({ shape }, index) => {
    const got = along[index]?.shape;
    if (got === undefined || formatShape(got) !== formatShape(shape)) {
      throw new AutogradError(
        "mismatch",
        `hvp: direction must have the form of the inputs, got ${got === undefined ? "too few" : formatShape(got)}`,
      );
    }
  });
  const slope = (point: T): Tensor => {
    const products = leavesOf(grad(fn)(point)).map((gradient, index) => gradient.mul(along[index] as Tensor).sum());
    return products.reduce((sum, product) => sum.add(product));
  };
  return grad(slope)(inputs);
}
