import { expect, it } from "vitest";

import { createGenerator, normal, permutation } from "./index.js";

it("repeats from a seed, and goes on from a saved state", () => {
  const a = createGenerator(7);
  const b = createGenerator(7);
  expect([a.next(), a.next()]).toEqual([b.next(), b.next()]);
  const saved = a.state();
  const ahead = [a.uniform(), a.normal()];
  b.restore(saved);
  expect([b.uniform(), b.normal()]).toEqual(ahead);
});

it("gives streams that do not depend on what was drawn before", () => {
  const a = createGenerator(7);
  a.next();
  expect(a.stream("dropout").next()).toBe(createGenerator(7).stream("dropout").next());
  expect(a.stream("dropout").next()).not.toBe(a.stream("shuffle").next());
});

it("draws normal numbers with mean 0 and variance 1", () => {
  const x = normal([20_000], { generator: createGenerator(1), dtype: "float64" });
  expect(Math.abs(x.mean().item())).toBeLessThan(0.03);
  expect(Math.abs(x.variance().item() - 1)).toBeLessThan(0.05);
});

it("permutes", () => {
  expect([...permutation(50, { generator: createGenerator(3) })].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, i) => i),
  );
});
