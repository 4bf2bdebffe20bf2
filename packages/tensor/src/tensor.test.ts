import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arange, keep, scope, tensor, zeros, type Tensor } from "./index.js";

describe("Tensor", () => {
  it("slices as Python does", () => {
    const size = 9;
    const values = Array.from({ length: size }, (_, i) => i);
    const bound = fc.option(fc.integer({ min: -12, max: 12 }), { nil: undefined });
    fc.assert(
      fc.property(bound, bound, fc.constantFrom(1, 2, 3, -1, -2, -4), (start, stop, step) => {
        const expected: number[] = [];
        const clamp = (p: number): number =>
          p < 0 ? Math.max(p + size, step > 0 ? 0 : -1) : Math.min(p, step > 0 ? size : size - 1);
        const first = start === undefined ? (step > 0 ? 0 : size - 1) : clamp(start);
        const last = stop === undefined ? (step > 0 ? size : -1) : clamp(stop);
        for (let i = first; step > 0 ? i < last : i > last; i += step) expected.push(values[i] as number);
        const sliced = arange(size).slice({
          axis: 0,
          step,
          ...(start === undefined ? {} : { start }),
          ...(stop === undefined ? {} : { stop }),
        });
        expect(Array.from(sliced.toTypedArray())).toEqual(expected);
      }),
    );
  });

  it("reads any permutation back in its own order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (axes) => {
        const x = arange(24).reshape([2, 3, 4]);
        const inverse = axes.map((_, axis) => axes.indexOf(axis));
        expect(x.permute(axes).copy().permute(inverse).toTypedArray()).toEqual(x.toTypedArray());
      }),
    );
  });

  it("finds the position of the extreme over any axes, in row-major order", () => {
    const anyAxes = fc.subarray([0, 1, 2], { minLength: 1 });
    fc.assert(
      fc.property(anyAxes, fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 24, maxLength: 24 }), (axes, values) => {
        const x = tensor(values).reshape([2, 3, 4]);
        const kept = [0, 1, 2].filter((axis) => !axes.includes(axis));
        const keptShape = kept.map((axis) => x.shape[axis] as number);
        const rows = x.permute([...kept, ...axes]).reshape([keptShape.reduce((a, b) => a * b, 1), -1]);
        const expected = [...rows].map((row) => {
          const line = [...row.toTypedArray()];
          return line.indexOf(Math.max(...line));
        });
        const found = x.argmax({ axis: axes });
        expect([...found.toTypedArray()]).toEqual(expected);
        expect(found.shape).toEqual(keptShape);
        expect(x.argmax({ axis: axes, keepDims: true }).shape).toEqual(x.max({ axes, keepDims: true }).shape);
        expect(x.neg().argmin({ axis: axes }).toTypedArray()).toEqual(found.toTypedArray());
      }),
    );
    expect(
      tensor([
        [1, 9],
        [9, 0],
      ])
        .argmax()
        .item(),
    ).toBe(1);
    expect(tensor(3).argmax().item()).toBe(0);
  });

  it("walks along its first axis", () => {
    const rows = [
      ...tensor([
        [1, 2],
        [3, 4],
      ]),
    ];
    expect(rows.map((row) => [...row].map((x) => x.item()))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect([...zeros([0, 3])]).toEqual([]);
    expect(() => [...tensor(1)]).toThrow("iteration: a scalar has no axis to walk along; use item()");
  });

  it("refuses negative sizes", () => {
    expect(() => zeros([6]).reshape([-2, -3])).toThrow("reshape: sizes are integers >= 0, got [-2, -3]");
    expect(() => zeros([6]).split([-1, 7], { axis: 0 })).toThrow("split: sizes are integers >= 0, got [-1, 7]");
  });

  it("names operation, shapes and remedy in its errors", () => {
    expect(() => zeros([32, 128]).matmul(zeros([64, 128]))).toThrow(
      "matmul: inner dimensions must agree, got [32, 128] x [64, 128]; did you mean other.transpose()?",
    );
    expect(() => zeros([2, 3]).add(zeros([4]))).toThrow(
      "add: shapes must broadcast (sizes equal or 1, aligned at the end), got [2, 3] and [4]",
    );
    expect(() => tensor([[1, 2], [3]])).toThrow("tensor: rows must have equal lengths, got 1 beside 2 on axis 1; pad them first");
  });
});

describe("scope", () => {
  it("frees what its result does not hold, and says so on use", () => {
    let inner: Tensor | undefined;
    let kept: Tensor | undefined;
    const result = scope(() => {
      inner = tensor([1, 2]).mul(2);
      kept = keep(tensor([7]));
      return { nested: [inner.sum()] };
    });
    expect(result.nested[0]?.item()).toBe(6);
    expect(kept?.item()).toBe(7);
    expect(() => inner?.add(1)).toThrow(/used after it was freed/);
  });

  it("is not the only way: using frees at the end of a block, dispose at once", () => {
    let freed: Tensor | undefined;
    {
      using x = tensor([1, 2]);
      freed = x;
      expect(x.sum().item()).toBe(3);
    }
    expect(() => freed?.sum()).toThrow(/used after it was freed/);
    const y = tensor([1]);
    y.dispose();
    y.dispose();
    expect(() => y.item()).toThrow(/used after it was freed/);
  });

  it("passes results to the enclosing scope", () => {
    let passed: Tensor | undefined;
    scope(() => {
      passed = scope(() => tensor([1]));
      expect(passed.item()).toBe(1);
    });
    expect(() => passed?.item()).toThrow(/used after it was freed/);
  });
});
