import { tensor, type Tensor } from "@unroll/tensor";
import { expect, it, vi } from "vitest";

import * as first from "./index.js";

it("two copies of the package in one program leave one another alone", async () => {
  vi.resetModules();
  const second = await import("./index.js");
  expect(second.Tape).not.toBe(first.Tape);
  const cube = (x: Tensor): Tensor => x.mul(x).mul(x).sum();
  for (const [outer, inner] of [
    [first, second],
    [second, first],
  ] as const) {
    expect(
      outer
        .grad((x) => inner.grad(cube)(x).sum())(tensor([2]))
        .item(),
    ).toBe(12);
    expect(
      outer
        .grad((x) =>
          inner
            .noGrad(() => cube(x))
            .mul(x)
            .sum(),
        )(tensor([2]))
        .item(),
    ).toBe(8);
    expect(
      outer
        .grad((x) => inner.stopGradient(x).mul(x).sum())(tensor([2]))
        .item(),
    ).toBe(2);
    expect(
      outer
        .grad((x) => inner.checkpoint(cube)(x))(tensor([2]))
        .item(),
    ).toBe(12);
    expect(
      outer
        .grad((x) => x.mul(inner.grad((y) => x.add(y).sum())(x)).sum())(tensor([1]))
        .item(),
    ).toBe(1);
    const twice = inner.customVjp(
      (x) => x.mul(2),
      (g) => [g.mul(2)],
    );
    expect(
      outer
        .grad((x) => twice(x).sum())(tensor([2]))
        .item(),
    ).toBe(2);
  }
});
