import { isFloat, zerosLike, type Tensor } from "@unroll/tensor";

import { checkTensor } from "./check-tensor.js";
import { AutogradError } from "./error.js";
import { layersOf } from "./recording.js";
import { Tape, type BackwardOptions } from "./tape.js";
import { leavesOf, mapTree } from "./tree.js";
import type { Variable } from "./variable.js";

/** A value and its gradients, one per argument, each of the argument's shape. */
export interface ValueAndGradients<A extends readonly unknown[] = Tensor[]> {
  readonly value: Tensor;
  readonly gradients: A;
}

/** Walks back from an output to the variables within `trees`, which keep their shape. */
export function gradientsOf<T>(tape: Tape, output: Tensor, trees: T, options: BackwardOptions = {}): T {
  const variables = leavesOf(trees).filter((x): x is Variable => x.interpreter === tape);
  const found = tape.gradients(output, variables, { ...options, unused: "zeros" });
  const byVariable = new Map(variables.map((variable, index) => [variable, found[index]]));
  return mapTree(trees, (x) => byVariable.get(x as Variable) ?? zerosLike(x));
}

/** The float tensors within a tree as variables of `tape`; everything else as it is. */
export function asVariables<T>(tape: Tape, tree: T): T {
  return mapTree(tree, (x) => (isFloat(x.dtype) ? tape.variable(x) : x));
}

/**
 * Turns a function with a scalar result into one that also gives the gradient for each argument. Arguments are tensors or trees of
 * them (nested arrays, maps, plain objects), and gradients keep the tree's shape; zeros where the result does not depend on a
 * tensor, or the tensor is not of a float dtype. Nests: the gradient of a gradient is a second derivative.
 *
 * @throws AutogradError `not-scalar` when the result has not one element, `not-tensor` or `asynchronous` when it is no tensor.
 */
export function valueAndGrad(fn: (...inputs: Tensor[]) => Tensor): (...inputs: Tensor[]) => ValueAndGradients;
export function valueAndGrad<A extends readonly unknown[]>(fn: (...inputs: A) => Tensor): (...inputs: A) => ValueAndGradients<A>;
export function valueAndGrad<A extends readonly unknown[]>(fn: (...inputs: A) => Tensor): (...inputs: A) => ValueAndGradients<A> {
  return (...inputs) => {
    const tape = new Tape();
    const variables = asVariables(tape, inputs);
    const output = fn(...variables);
    return { gradients: gradientsOf(tape, output, variables), value: below(output, tape) };
  };
}

/**
 * The gradient of a scalar function for its first argument, a tensor or a tree of them.
 *
 * @example
 * grad((x) => x.mul(x).mul(x).sum())(tensor([2])).item(); // 12
 */
export function grad(fn: (...inputs: Tensor[]) => Tensor): (...inputs: Tensor[]) => Tensor;
export function grad<T, A extends readonly unknown[]>(fn: (first: T, ...others: A) => Tensor): (first: T, ...others: A) => T;
export function grad<T, A extends readonly unknown[]>(fn: (first: T, ...others: A) => Tensor): (first: T, ...others: A) => T {
  return (first, ...others) => {
    const tape = new Tape();
    const variables = asVariables(tape, first);
    return gradientsOf(tape, fn(variables, ...others), variables);
  };
}

/**
 * The plain values of a tensor: gradients do not flow through it, on any tape.
 *
 * @throws AutogradError `not-tensor`
 */
export function stopGradient(x: Tensor): Tensor {
  checkTensor("stopGradient", x);
  return layersOf(x).at(-1)?.value ?? x;
}

/** {@link stopGradient} for every tensor of a tree; the state between two windows of truncated backpropagation, say. */
export function detach<T>(tree: T): T {
  return mapTree(tree, stopGradient);
}

/** The tensor below a variable of `tape`; anything else as it is. */
export function below(x: Tensor, tape: Tape): Tensor {
  return x.interpreter === tape ? (x as Variable).value : x;
}

/** The variable a tensor is. */
export function variableOf(operation: string, x: Tensor): Variable {
  checkTensor(operation, x);
  const [variable] = layersOf(x);
  if (variable !== undefined) return variable;
  throw new AutogradError(
    "not-recorded",
    `${operation}: nothing recorded this tensor; compute it from variables of a tape, outside noGrad`,
  );
}
