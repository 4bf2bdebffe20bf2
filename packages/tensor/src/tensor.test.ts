import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  arange,
  createGenerator,
  fromTypedArray,
  keep,
  permutation,
  scalar,
  scope,
  tensor,
  uniform,
  zeros,
  type Tensor,
} from "./index.js";

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

  it("shares the storage wherever strides can tell the shape", () => {
    const x = arange(24).reshape([2, 3, 4]);
    const turned = x.permute([2, 0, 1]);
    const views = [
      turned.unsqueeze({ axis: 0 }),
      turned.unsqueeze({ axis: 3 }).squeeze({ axis: 3 }),
      turned.reshape([2, 2, 2, 3]),
      turned.reshape([4, 6]),
      x.slice({ axis: 2, step: 2 }).reshape([6, 2]),
      x.flip({ axis: 0 }).unsqueeze({ axis: 1 }),
      x.slice({ axis: 0, stop: 1 }).broadcastTo([4, 3, 4]).reshape([2, 2, 12]),
      ...turned.unstack({ axis: 1 }),
      ...turned,
    ];
    for (const view of views) expect(view.toDense().storage).toBe(x.toDense().storage);
    expect(x.transpose().reshape([24]).toDense().storage).not.toBe(x.toDense().storage);
  });

  it("reads the same elements under any other shape of a view", () => {
    const factors = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 });
    fc.assert(
      fc.property(factors, fc.nat(), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (shape, seed, flips) => {
        const order = permutation(shape.length, { generator: createGenerator(seed) });
        let view: Tensor = arange(shape.reduce((all, size) => all * size, 1))
          .reshape(shape)
          .permute([...order]);
        flips.forEach((flip, axis) => (view = flip && axis < view.rank ? view.flip({ axis }) : view));
        const read = [...view.toTypedArray()];
        const merged = [...view.shape];
        // Neighbours joined, and ones put in between.
        const at = seed % Math.max(1, merged.length - 1);
        if (merged.length > 1) merged.splice(at, 2, (merged[at] as number) * (merged[at + 1] as number));
        for (const other of [[read.length], merged, [1, ...merged], [...merged, 1], view.shape]) {
          expect([...view.reshape(other).toTypedArray()]).toEqual(read);
        }
      }),
    );
  });

  it("keeps its shape, whatever becomes of the array that told it", () => {
    const shape = [1, 2];
    const made = [
      zeros(shape),
      fromTypedArray(Float32Array.of(1, 2), shape),
      arange(2).reshape(shape),
      uniform(shape, { generator: createGenerator(1) }),
    ];
    shape[0] = 7;
    for (const x of made) expect(x.shape).toEqual([1, 2]);
  });

  it("shows its elements in Node's console", () => {
    const x = tensor([1, 2]);
    const show = Reflect.get(x, Symbol.for("nodejs.util.inspect.custom")) as () => string;
    expect(show.call(x)).toBe(x.toString());
    x.dispose();
    expect(show.call(x)).toBe("Tensor(float32 [2])");
  });

  it("prints a large view without making it", () => {
    expect(scalar(1).broadcastTo([100_000, 100_000]).toString()).toContain("shape=[100000, 100000]");
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
