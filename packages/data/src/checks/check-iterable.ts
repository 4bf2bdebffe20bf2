import { Tensor } from "@unroll/tensor";

import { refuse } from "./refuse.js";

/** Throws `option` unless a value can be iterated, now or over time. A tensor is refused, since it gives tensors. */
export function checkIterable(operation: string, name: string, values: unknown): void {
  const candidate = Object(values) as object;
  if (Tensor.isTensor(values) || !(Symbol.iterator in candidate || Symbol.asyncIterator in candidate))
    refuse(operation, name, "an array or another iterable", values);
}
