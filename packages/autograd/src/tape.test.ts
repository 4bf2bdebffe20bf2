import { tensor, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { grad, stopGradient, Tape, valueAndGrad } from "./index.js";

const float64 = { dtype: "float64" } as const;

describe("grad", () => {
  it("nests: derivatives of x^4", () => {
    const f = (x: Tensor): Tensor => x.square().square().sum();
    const first = grad(f);
    const second = grad((x) => first(x).sum());
    const third = grad((x) => second(x).sum());
    const x = tensor([3], float64);
    expect([first(x).item(), second(x).item(), third(x).item()]).toEqual([108, 108, 72]);
  });

  it("does not mix an inner derivative with an outer variable", () => {
    // d/dx (x * d/dy (x + y)) = 1, the case of Siskind and Pearlmutter (2005).
    const f = (x: Tensor): Tensor => x.mul(grad((y) => x.add(y).sum())(tensor(1, float64)));
    expect(grad(f)(tensor(1, float64)).item()).toBe(1);
  });

  it("gives values without variables, and zeros for arguments that do not matter", () => {
    const { value, gradients } = valueAndGrad((a: Tensor, b: Tensor) => (b.rank === 9 ? b : a).square().sum())(
      tensor([2]),
      tensor([5]),
    );
    expect(value.interpreter.level).toBe(0);
    expect(gradients.map((g) => g.item())).toEqual([4, 0]);
  });

  it("stops at stopGradient", () => {
    expect(grad((x) => x.mul(stopGradient(x)).sum())(tensor([3])).item()).toBe(3);
  });

  it("shares ties of max equally, and gives 0 for relu and abs at 0", () => {
    expect(Array.from(grad((x) => x.max())(tensor([2, 2, 1])).toTypedArray())).toEqual([0.5, 0.5, 0]);
    expect(grad((x) => x.relu().add(x.abs()).sum())(tensor([0])).item()).toBe(0);
  });
});

describe("Tape", () => {
  it("explains what is wrong", () => {
    const tape = new Tape();
    const x = tape.variable(tensor([1, 2]));
    const y = tape.variable(tensor([1, 2]));
    expect(() => tape.gradients(x.mul(2), [x])).toThrow(/shape \[2\] needs a seed of that shape/);
    expect(() => tape.gradients(x.sum(), [y])).toThrow(/does not depend on input 0/);
    expect(() => tape.gradients(tensor(1), [x])).toThrow(/not computed from variables of this tape/);
    expect(() => tape.variable(zeros([2], { dtype: "int32" }))).toThrow(/only float tensors/);
  });

  it("gives gradients of intermediate values", () => {
    const tape = new Tape();
    const x = tape.variable(tensor([3]));
    const h = x.mul(2);
    const [gradient] = tape.gradients(h.square().sum(), [h as typeof x]);
    expect(gradient?.item()).toBe(12);
  });
});

it("gives softplus the slope of the sigmoid, at 0 too", () => {
  const x = tensor([-30, -1, 0, 1, 30], float64);
  const slope = grad((y) => y.softplus().sum())(x);
  expect(slope.sub(x.sigmoid()).abs().max().item()).toBeLessThan(1e-15);
});
