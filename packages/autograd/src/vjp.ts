import { fromTypedArray, makeTypedArray, stack, type Tensor } from "@unroll/tensor";

import { checkTensor } from "./check-tensor.js";
import { asVariables, below, grad, gradientsOf } from "./grad.js";
import { Tape } from "./tape.js";
import { joinTrees } from "./tree.js";

/** A value, and what pulls a cotangent of it back to the inputs. */
export interface Vjp<T> {
  readonly value: Tensor;
  /** Gradients in the form of the input tree. May be called again. */
  readonly pullback: (cotangent: Tensor) => T;
}

/**
 * The value of `fn` at a tensor or a tree of tensors, with its vector-Jacobian product.
 *
 * @throws AutogradError `not-tensor` or `asynchronous` when the result is no tensor.
 * @example
 * vjp((x) => x.square(), tensor([1, 2])).pullback(tensor([1, 10])).toString(); // "Tensor([ 2., 40.], shape=[2], dtype=float32)"
 */
export function vjp<T>(fn: (inputs: T) => Tensor, inputs: T): Vjp<T> {
  const tape = new Tape();
  const variables = asVariables(tape, inputs);
  const output = fn(variables);
  checkTensor("vjp", output);
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
 * @throws AutogradError `mismatch` when the forms differ, in names or shapes.
 */
export function hvp<T>(fn: (inputs: T) => Tensor, inputs: T, direction: T): T {
  const slope = (point: T): Tensor => {
    const products: Tensor[] = [];
    joinTrees("hvp: direction must have the form of the inputs", grad(fn)(point), direction, (gradient, along) =>
      products.push(gradient.mul(along).sum()),
    );
    return products.reduce((sum, product) => sum.add(product));
  };
  return grad(slope)(inputs);
}
