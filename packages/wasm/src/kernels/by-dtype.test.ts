import { arange, fromTypedArray, tensor, where, withBackend, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { WasmBackend } from "../index.js";

describe("operands of several dtypes", async () => {
  const backend = await WasmBackend.create();
  const int32 = { dtype: "int32" } as const;

  it("are cast for the call alone: only the result stays in memory", () => {
    withBackend(backend, () => {
      const x = tensor([1.5, -2, 3]);
      const [mask, other, n] = [x.greater(0), x.less(2), arange(3)];
      const updates = x.slice({ axis: 0, stop: 2 });
      const indices = tensor([0, 0], int32);
      const runs: readonly (() => Tensor)[] = [
        () => mask.mul(x),
        () => mask.maximum(other),
        () => n.lessEqual(x),
        () => where(mask, n, other),
        () => mask.scatterAdd(indices, updates, { axis: 0 }),
      ];
      for (const run of runs) {
        const { blocks } = backend.stats();
        const result = run();
        const { blocks: after } = backend.stats();
        result.dispose();
        expect(after - blocks).toBe(1);
      }
    });
  });

  it("are given back when an index lies outside", () => {
    withBackend(backend, () => {
      const mask = tensor([true, false]);
      const indices = tensor([0, 2], int32);
      const { blocks } = backend.stats();
      expect(() => mask.takeAlong(indices, { axis: 0 })).toThrow("takeAlong: indices must lie in -2..1, got 2");
      expect(backend.stats().blocks - blocks).toBeLessThanOrEqual(1);
    });
  });

  it("meet as the one that holds both, so that large integers round beside float32", () => {
    withBackend(backend, () => {
      const n = fromTypedArray(Int32Array.of(2 ** 24 + 1), [1]);
      expect(n.equal(tensor([2 ** 24])).item()).toBe(1);
      expect(n.equal(tensor([2 ** 24], int32)).item()).toBe(0);
      expect(n.div(2).item()).toBe(2 ** 23);
    });
  });
});
