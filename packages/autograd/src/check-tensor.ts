import { Tensor } from "@unroll/tensor";

import { AutogradError } from "./error.js";

/**
 * Looks at what a function of the user's gave, or was given.
 *
 * @throws AutogradError `asynchronous` for a promise, `not-tensor` for anything else that is no tensor.
 */
export function checkTensor(operation: string, x: unknown): asserts x is Tensor {
  if (Tensor.isTensor(x)) return;
  if (x instanceof Promise) {
    throw new AutogradError(
      "asynchronous",
      `${operation}: functions are synchronous and give tensors, got a promise; await before, and pass in what came`,
    );
  }
  throw new AutogradError("not-tensor", `${operation}: needs a tensor, got ${Array.isArray(x) ? "array" : typeof x}`);
}
