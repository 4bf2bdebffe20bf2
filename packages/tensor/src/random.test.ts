import { describe, expect, it } from "vitest";

import fixture from "../fixtures/random-streams.json" with { type: "json" };
import { bernoulli, categorical, createGenerator, normal, permutation, tensor, uniform, zeros } from "./index.js";

// tooling/reference/tensor/random_streams.py made the fixture, from the papers.
describe("a generator gives, on every machine,", () => {
  it.each(fixture.seeds)("the draws of xoroshiro128+ for seed $seed", ({ seed, draws }) => {
    const generator = createGenerator(seed);
    expect(draws.map(() => generator.next() >>> 0)).toEqual(draws);
    expect(createGenerator(seed).uniform()).toBe((draws[0] as number) / 2 ** 32);
  });

  it.each(fixture.streams)("the stream $name of seed $seed", ({ seed, name, draws }) => {
    const generator = createGenerator(seed).stream(name);
    expect(draws.map(() => generator.next() >>> 0)).toEqual(draws);
  });

  it.each(fixture.permutations)("the permutation of $n", ({ n, seed, order }) => {
    expect([...permutation(n, { generator: createGenerator(seed) })]).toEqual(order);
  });
});

it("repeats from a seed, and goes on from a saved state", () => {
  const a = createGenerator(7);
  const b = createGenerator(7);
  expect([a.next(), a.next()]).toEqual([b.next(), b.next()]);
  const saved = a.state();
  const ahead = [a.uniform(), a.normal()];
  b.restore(saved);
  expect([b.uniform(), b.normal()]).toEqual(ahead);
  const other = createGenerator(0);
  other.restore(saved);
  expect([other.uniform(), other.normal(), other.stream("x").next()]).toEqual([...ahead, a.stream("x").next()]);
});

it("gives other streams for other seeds and names, whatever they are", () => {
  const names = ["", "0", "1", "2", "a", "b", "ab", "ba"];
  const drawn = [-1, 0, 1, 2, 3, 7].flatMap((seed) => {
    const generator = createGenerator(seed);
    return [generator, ...names.map((name) => generator.stream(name)), generator.stream("").stream("")];
  });
  expect(new Set(drawn.map((generator) => generator.next())).size).toBe(drawn.length);
});

it("gives streams that do not depend on what was drawn before", () => {
  const a = createGenerator(7);
  a.next();
  expect(a.stream("dropout").next()).toBe(createGenerator(7).stream("dropout").next());
  expect(a.stream("dropout").next()).not.toBe(a.stream("shuffle").next());
});

it("gives streams that are as good as independent", () => {
  const root = createGenerator(5);
  const names = ["weights", "dropout", "shuffle", "sample", "weights/1", "weights/2"];
  const drawn = names.map((name) => normal([4000], { generator: root.stream(name), dtype: "float64" }));
  for (const [i, a] of drawn.entries()) {
    for (const b of drawn.slice(i + 1)) expect(Math.abs(a.mul(b).mean().item())).toBeLessThan(0.06);
  }
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

it("draws uniform numbers below the upper end, even where float32 would round up to it", () => {
  const generator = { ...createGenerator(1), uniform: () => 1 - 2 ** -32 };
  expect(uniform([1], { generator }).item()).toBe(0);
  expect(uniform([1], { generator, dtype: "float64" }).item()).toBe(1 - 2 ** -32);
  expect(uniform([1], { generator, low: 2, high: 2 }).item()).toBe(2);
  expect(() => uniform([1], { generator, low: 2, high: 1 })).toThrow("uniform: low must not be above high, got 2 and 1");
});

it("draws 1 with the probability asked for", () => {
  const x = bernoulli([20_000], { generator: createGenerator(2), probability: 0.3 });
  expect(Math.abs(x.mean().item() - 0.3)).toBeLessThan(0.01);
  expect(
    bernoulli([50], { generator: createGenerator(2), probability: 1 })
      .sum()
      .item(),
  ).toBe(50);
  expect(
    bernoulli([50], { generator: createGenerator(2), probability: 0, dtype: "bool" })
      .sum()
      .item(),
  ).toBe(0);
  expect(() => bernoulli([1], { generator: createGenerator(2), probability: 1.5 })).toThrow(
    "bernoulli: probability must lie in 0..1, got 1.5",
  );
});

it("draws classes with the probabilities of their logits", () => {
  const logits = tensor([Math.log(1), Math.log(2), -Infinity, Math.log(5)]).add(700);
  const drawn = categorical(logits.broadcastTo([20_000, 4]), { generator: createGenerator(3) });
  expect([drawn.dtype, ...drawn.shape]).toEqual(["int32", 20_000]);
  const share = (index: number): number => drawn.equal(index).mean().item();
  expect(share(0)).toBeCloseTo(1 / 8, 1);
  expect(share(1)).toBeCloseTo(2 / 8, 1);
  expect(share(2)).toBe(0);
  expect(share(3)).toBeCloseTo(5 / 8, 1);
});

it("draws from no rows, from one, and says which row has nothing to draw", () => {
  const generator = createGenerator(4);
  expect(categorical(zeros([0, 3]), { generator }).shape).toEqual([0]);
  expect(categorical(tensor([-Infinity, 0]), { generator }).item()).toBe(1);
  expect(() => categorical(zeros([2, 0]), { generator })).toThrow(
    "categorical: needs logits [..., classes] with a class to draw, got [2, 0]",
  );
  expect(() => categorical(tensor([[1], [-Infinity]]), { generator })).toThrow(
    "categorical: each row needs a finite largest logit, got -Infinity in row 1",
  );
});

it("spreads neighbouring seeds from the first draw on", () => {
  const first = Array.from({ length: 2000 }, (_, seed) => createGenerator(seed - 1000).uniform());
  const mean = first.reduce((sum, x) => sum + x, 0) / first.length;
  const variance = first.reduce((sum, x) => sum + (x - mean) ** 2, 0) / first.length;
  expect(Math.abs(mean - 1 / 2)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.01);
});
