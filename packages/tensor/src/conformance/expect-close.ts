import { expect } from "vitest";

import { isFloat } from "../dtype.js";
import type { Tensor } from "../tensor.js";

/** Fails unless shapes agree and each float lies within 1e-5 of the largest finite one; integers and bools must be equal. */
export function expectClose(actualTensor: Tensor, expectedTensor: Tensor): void {
  expect(actualTensor.shape).toEqual(expectedTensor.shape);
  const actual = actualTensor.toTypedArray();
  const expected = expectedTensor.toTypedArray();
  const tolerance = isFloat(actualTensor.dtype) ? 1e-5 : 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const size = Math.abs(expected[i] as number);
    if (Number.isFinite(size)) largest = Math.max(largest, size);
  }
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    const same = Object.is(actual[i], expected[i]) || difference <= tolerance * Math.max(largest, 1e-30);
    if (!same) expect.fail(`element ${i}: got ${String(actual[i])}, expected ${String(expected[i])}`);
  }
}
