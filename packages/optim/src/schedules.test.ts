import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  adam,
  constantRate,
  cosineDecay,
  exponentialDecay,
  inSequence,
  oneCycle,
  reduceOnPlateau,
  stepDecay,
  warmUp,
} from "./index.js";

const close = (actual: readonly number[], expected: readonly number[]): void =>
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 12));

describe("schedules", () => {
  it("compose by nesting", () => {
    const rate = warmUp(cosineDecay(0.1, { steps: 900 }), { steps: 100 });
    close([rate(0), rate(50), rate(100), rate(550), rate(1000), rate(5000)], [0.001, 0.0505, 0.1, 0.05, 0, 0]);
    const both = stepDecay(exponentialDecay(1, { factor: 0.9 }), { every: 2, factor: 0.5 });
    close([both(0), both(1), both(2), both(5)], [1, 0.9, 0.405, 0.25 * 0.9 ** 5]);
  });

  it("follow one another", () => {
    const rate = inSequence([
      { rate: constantRate(1), steps: 2 },
      { rate: (step) => 10 + step, steps: 3 },
      { rate: 0.5, steps: 1 },
    ]);
    expect([0, 1, 2, 3, 4, 5, 6, 100].map(rate)).toEqual([1, 1, 10, 11, 12, 0.5, 0.5, 0.5]);
  });

  it("stay within their bounds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 500 }), fc.nat(1000), (steps, step) => {
        const rate = oneCycle(1, { steps })(step);
        return rate > 0 && rate <= 1 && cosineDecay(1, { steps, minimum: 0.1 })(step) >= 0.1 - 1e-12;
      }),
    );
  });

  it("need whole positive lengths", () => {
    expect(() => cosineDecay(1, { steps: 0 })).toThrow("cosineDecay: steps must be a positive integer, got 0");
    expect(() => stepDecay(1, { every: 1.5 })).toThrow("stepDecay: every must be a positive integer, got 1.5");
  });

  it.each<[string, () => unknown]>([
    ["constantRate: rate must be at least 0 and finite, got NaN", () => constantRate(NaN)],
    ["stepDecay: factor must be at least 0 and finite, got -1", () => stepDecay(1, { every: 1, factor: -1 })],
    ["exponentialDecay: factor must be at least 0 and finite, got NaN", () => exponentialDecay(1, { factor: NaN })],
    ["cosineDecay: minimum must be at least 0 and finite, got -1", () => cosineDecay(1, { steps: 1, minimum: -1 })],
    ["warmUp: from must be at least 0 and finite, got NaN", () => warmUp(1, { steps: 1, from: NaN })],
    ["inSequence: needs a part { rate, steps }, got none", () => inSequence([] as never)],
    ["oneCycle: highest must be at least 0 and finite, got NaN", () => oneCycle(NaN, { steps: 1 })],
    ["oneCycle: warmUpShare must lie in 0..1, got 2", () => oneCycle(1, { steps: 1, warmUpShare: 2 })],
    ["oneCycle: firstDivisor must be above 0, got 0", () => oneCycle(1, { steps: 1, firstDivisor: 0 })],
    ["oneCycle: lastDivisor must be above 0, got 0", () => oneCycle(1, { steps: 1, lastDivisor: 0 })],
  ])("check their numbers: %s", (message, make) => {
    expect(make).toThrow(message);
  });

  // By hand from the phases of PyTorch's OneCycleLR(o, 0.1, total_steps=10, pct_start=share), whose first ends at 10 share - 1.
  it.each([
    [1, [0.004, 0.04366488747198734, 0.0971052457977236, 0.1]],
    [0, [0.09755283560345443, 0.0500002, 0.0024475643965455826, 4e-7]],
  ])("oneCycle rises for its share of the steps: %s", (warmUpShare, expected) => {
    const rate = oneCycle(0.1, { steps: 10, warmUpShare });
    expect(expected.length).toBe(4);
    close([rate(0), rate(4), rate(8), rate(9)], expected);
    expect(rate(20)).toBe(rate(9));
  });
});

describe("reduceOnPlateau", () => {
  it("takes a lower loss for better, also below 0", () => {
    const optimizer = reduceOnPlateau(adam(), { threshold: 0.1 });
    const bests = [-10, -9.5, -10.5, -11.5, NaN, -12].map(
      (
        (state) => (loss: number) =>
          (state = optimizer.observe(state, loss)).plateau?.best
      )(optimizer.init({})),
    );
    expect(bests).toEqual([-10, -10, -10, -11.5, -11.5, -11.5]);
    const exact = reduceOnPlateau(adam(), { threshold: 0 });
    expect(exact.observe(exact.observe(exact.init({}), 2), 1).plateau).toEqual({ scale: 1, best: 1, waited: 0 });
  });

  it.each([
    ["reduceOnPlateau: factor must lie between 0 and 1, got 2", { factor: 2 }],
    ["reduceOnPlateau: factor must lie between 0 and 1, got NaN", { factor: NaN }],
    ["reduceOnPlateau: patience must be a whole number, 0 or more, got -1", { patience: -1 }],
    ["reduceOnPlateau: threshold must be at least 0 and finite, got -1", { threshold: -1 }],
    ["reduceOnPlateau: minimumScale must lie in 0..1, got 2", { minimumScale: 2 }],
  ])("%s", (message, options) => {
    expect(() => reduceOnPlateau(adam(), options)).toThrow(message);
  });

  it("scales any schedule, keeps its place in the state, and stops at the minimum", () => {
    const optimizer = reduceOnPlateau(adam({ learningRate: exponentialDecay(1, { factor: 0.5 }) }), {
      patience: 1,
      factor: 0.1,
      minimumScale: 0.05,
    });
    let state = optimizer.init({});
    for (const loss of [2, 1, 1, NaN, 3, 3]) state = optimizer.observe(state, loss);
    expect(state.plateau).toEqual({ scale: 0.05, best: 1, waited: 0 });
    ({ state } = optimizer.update({}, state, {}));
    expect(optimizer.learningRate(state)).toBeCloseTo(0.025, 12);
  });
});
