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
});

describe("reduceOnPlateau", () => {
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
