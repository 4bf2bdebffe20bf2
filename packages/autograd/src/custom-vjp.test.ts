import { createGenerator, normal, tensor, type Tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { customVjp, grad, gradcheck, noGrad, Tape, type Variable } from "./index.js";

const real = (...shape: number[]): Tensor => normal(shape, { generator: createGenerator(5), dtype: "float64" });

const fused = customVjp(
  (a, b) => [a.mul(b), a.mul(b).tanh()] as readonly Tensor[],
  ([product, bent], { inputs: [a, b], output: [, y] }) => {
    const slope = (product as Tensor).add((bent as Tensor).mul((y as Tensor).square().neg().add(1)));
    return [slope.mul(b as Tensor), slope.mul(a as Tensor)];
  },
  { name: "fused" },
);

it("passes the same check as a primitive, once and twice", () => {
  const run = (a: Tensor, b: Tensor): Tensor => {
    const [product, bent] = fused(a, b) as [Tensor, Tensor];
    return product.add(bent.mul(2));
  };
  for (const order of [1, 2] as const) {
    const report = gradcheck((a: Tensor, b: Tensor) => run(a, b), [real(3, 2), real(3, 2).add(0.3)], { order });
    expect(report.ok, report.message).toBe(true);
  }
  expect(gradcheck((a: Tensor) => (fused(a, real(3)) as [Tensor, Tensor])[1], [real(3)]).ok).toBe(true);
});

it("bends gradients where that is wanted, and rests under noGrad", () => {
  const clip = customVjp(
    (x) => x.copy(),
    (g) => [g.maximum(-1).minimum(1)],
  );
  expect(grad((x) => clip(x).mul(5).sum())(tensor([2])).item()).toBe(1);
  expect(
    grad((x) =>
      noGrad(() => clip(x))
        .mul(x)
        .sum(),
    )(tensor([2])).item(),
  ).toBe(2);
});

it("explains gradients of a wrong number, kind or shape", () => {
  const many = customVjp(
    (x) => x.copy(),
    (g) => [g, g],
    { name: "many" },
  );
  expect(() => grad((x) => many(x).sum())(tensor([1]))).toThrow(
    "many: backward gives an array with one gradient per input, undefined for none, got 2 for 1",
  );
  const given = (gradients: unknown): (() => unknown) => {
    const product = customVjp(
      (a, b) => a.mul(b),
      () => gradients as Tensor[],
      { name: "product" },
    );
    return () => grad((x) => product(x, x).sum())(tensor([1]));
  };
  expect(given([tensor([1])])).toThrow("got 1 for 2");
  for (const none of [undefined, tensor([1]), Promise.resolve([])]) expect(given(none)).toThrow("got no array for 2");
  expect(given([1, undefined])).toThrow("product: needs a tensor, got number");
  expect((given([tensor([3]), undefined])() as Tensor).item()).toBe(3);
  const odd = customVjp(
    (x) => x.copy(),
    (g) => [g.sum()],
    { name: "odd" },
  );
  expect(() => grad((x) => odd(x).sum())(tensor([1, 2]))).toThrow(/odd: a gradient has the shape of its value, \[2\], got \[\]/);
});

it("says whether another backward pass may follow, and is not asked again after one that failed", () => {
  const asked: boolean[] = [];
  const watched = customVjp(
    (x) => x.copy(),
    (g, { retainGraph }) => {
      asked.push(retainGraph);
      if (asked.length === 3) throw new Error("no room");
      return [g];
    },
    { name: "watched" },
  );
  const tape = new Tape();
  const x = tape.variable(tensor([1]));
  const loss = watched(x).sum();
  tape.gradients(loss, [x], { retainGraph: true });
  tape.gradients(loss, [x], { retainGraph: true });
  expect(() => tape.gradients(loss, [x])).toThrow("no room");
  expect(asked).toEqual([true, true, false]);
  expect(() => tape.gradients(loss, [x])).toThrow(/freed by an earlier backward pass/);
});

it("says whose gradients are looked at on their way", () => {
  const asked: boolean[][] = [];
  const watching = customVjp(
    (a, b, c) => a.add(b).add(c),
    (g, { isWatched }) => {
      asked.push([0, 1, 2].map(isWatched));
      return [g, g, g];
    },
  );
  const tape = new Tape();
  const [x, y] = [tape.variable(tensor([1])), tape.variable(tensor([2]))];
  const [a, b] = [x.mul(2) as Variable, x.mul(3) as Variable];
  const loss = watching(a, b, y).sum();
  const looked = (wanted: readonly Variable[]): boolean[] | undefined => {
    tape.gradients(loss, wanted, { retainGraph: true });
    return asked.at(-1);
  };
  expect(looked([x])).toEqual([false, false, false]);
  expect(looked([x, b])).toEqual([false, true, false]);
  expect(looked([y])).toEqual([false, false, true]);
  tape.onGradient(a, () => undefined);
  expect(looked([x])).toEqual([true, false, false]);
});
