import { tensor, type Tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { customVjp, gradcheck } from "./index.js";

it("checks second derivatives through the gradients of all arguments", () => {
  // The gradient for b is right, but has lost its dependence on b.
  const frozen = customVjp(
    (a, b) => a.mul(b).mul(b),
    (g, { inputs: [a, b] }) => [
      g.mul(b as Tensor).mul(b as Tensor),
      g
        .mul(a as Tensor)
        .mul((b as Tensor).toDense())
        .mul(2),
    ],
  );
  const inputs = [tensor([1.3, 2.1], { dtype: "float64" }), tensor([0.7, -0.4], { dtype: "float64" })];
  expect(gradcheck(frozen, inputs).ok).toBe(true);
  expect(gradcheck(frozen, inputs, { order: 2 })).toMatchObject({ ok: false, argument: 1 });
  expect(gradcheck((a: Tensor, b: Tensor) => a.mul(b).mul(b), inputs, { order: 2 }).ok).toBe(true);
});

it("refuses to check nothing", () => {
  expect(() => gradcheck(() => tensor([1]), [])).toThrow("gradcheck: needs an array of at least one input, got none");
});
