import { Tensor } from "@unroll/tensor";

import { fail } from "./error.js";

/** @throws ModuleError `not-tensor` unless every value is a tensor. */
export function checkTensors(operation: string, named: Readonly<Record<string, unknown>>): void {
  // Losses and parameters are checked at every update, and entries are lists.
  for (const name in named) {
    const x = named[name];
    if (Tensor.isTensor(x)) continue;
    const got = Array.isArray(x) ? "array" : typeof x;
    fail("not-tensor", `${operation}: ${name} must be a tensor, got ${got}; make one with tensor()`);
  }
}
