import { createGenerator } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  blocks,
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  Linear,
  orthogonal,
  perBlock,
  pytorchUniform,
  type Initializer,
} from "./index.js";

const draw = (initializer: Initializer, shape: readonly number[]): number[] =>
  Array.from(initializer(shape, createGenerator(4), "float64").toTypedArray());
const deviation = (values: number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe("initializers", () => {
  // Uniform within b has deviation b / sqrt(3).
  it.each<[string, Initializer, readonly number[], number]>([
    ["glorotUniform", glorotUniform, [60, 100], Math.sqrt(2 / 160)],
    ["glorotNormal", glorotNormal, [60, 100], Math.sqrt(2 / 160)],
    ["glorotUniform of a kernel", glorotUniform, [20, 30, 5], Math.sqrt(2 / 250)],
    ["heUniform", heUniform, [60, 100], Math.sqrt(2 / 100)],
    ["heNormal of a kernel", heNormal, [20, 30, 5], Math.sqrt(2 / 150)],
    ["pytorchUniform", pytorchUniform(25), [100, 25], 1 / Math.sqrt(75)],
  ])("%s has the deviation of its paper", (_, initializer, shape, expected) => {
    expect(deviation(draw(initializer, shape)) / expected).toBeCloseTo(1, 1);
  });

  it("pytorchUniform stays within 1 / sqrt(H)", () => {
    const values = draw(pytorchUniform(16), [4000]);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
    expect(Math.max(...values)).toBeGreaterThan(0.249);
  });

  it.each([[[4, 7]], [[7, 4]], [[3, 2, 2]]])("orthogonal of shape %j has orthonormal rows or columns", (shape) => {
    const w = orthogonal(shape, createGenerator(2), "float64").reshape([shape[0] as number, -1]);
    const short = w.shape[0] === Math.min(...w.shape) ? w.matmul(w.transpose()) : w.transpose().matmul(w);
    const size = short.shape[0] as number;
    short.toTypedArray().forEach((value, i) => expect(value).toBeCloseTo(i % (size + 1) === 0 ? 1 : 0, 12));
  });

  it("works block by block, each drawn anew", () => {
    const values = draw(perBlock(orthogonal, 2), [4, 2]);
    expect(values.slice(0, 4)).not.toEqual(values.slice(4));
    expect(values.slice(0, 4).reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(2, 12);
    expect(draw(blocks([constant(0), constant(1)]), [4])).toEqual([0, 0, 1, 1]);
    expect(() => draw(perBlock(constant(0), 3), [4])).toThrow("blocks: the rows must divide into 3 equal blocks, got [4]");
  });

  it("is run when first needed, never for weights about to be loaded", () => {
    let calls = 0;
    const initializer: Initializer = (shape, generator, dtype) => {
      calls++;
      return constant(1)(shape, generator, dtype);
    };
    const layer = new Linear(2, 2, { initializer, bias: false });
    layer.initialize({ seed: 1 }).loadStateDict({ weight: constant(3)([2, 2], createGenerator(0), "float32") });
    expect(calls).toBe(0);
    expect(layer.weight.toTypedArray()[0]).toBe(3);
  });
});
