import { ones, scope, withBackend, zeros } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { WasmBackend, WasmError } from "./index.js";
import { sizeClass } from "./pool.js";

describe("memory", () => {
  it("stays flat over 10,000 scopes", async () => {
    const backend = await WasmBackend.create();
    withBackend(backend, () => {
      const w = ones([16, 16]);
      const turn = (): void => {
        scope(() => w.matmul(w.transpose()).add(1).tanh().sum().item());
      };
      for (let warm = 0; warm < 10; warm++) turn();
      const before = backend.stats();
      for (let turns = 0; turns < 10_000; turns++) turn();
      expect(backend.stats()).toEqual(before);
    });
  });

  it("measures the peak of a piece of work", async () => {
    const backend = await WasmBackend.create();
    withBackend(backend, () => {
      scope(() => zeros([100_000]));
      backend.resetPeak();
      const before = backend.stats().bytesInUse;
      expect(backend.stats().peakBytesInUse).toBe(before);
      scope(() => [zeros([1000]), zeros([1000])].length);
      expect(backend.stats().peakBytesInUse - before).toBe(2 * sizeClass(4000));
      expect(backend.stats().bytesInUse).toBe(before);
    });
  });

  it("says what it holds when it runs out, and goes on", async () => {
    const backend = await WasmBackend.create({ maximumMemory: 2 ** 24 });
    withBackend(backend, () => {
      const x = zeros([2 ** 20]);
      expect(() => zeros([2 ** 22])).toThrow(/no room for 16\.0 MiB: \d+ blocks hold .* of at most 16\.0 MiB.*maximumMemory/);
      expect(() => zeros([2 ** 22])).toThrow(WasmError);
      expect(x.add(1).sum().item()).toBe(2 ** 20);
    });
  });

  it("counts nothing that it could not give", async () => {
    const backend = await WasmBackend.create({ maximumMemory: 2 ** 24 });
    withBackend(backend, () => {
      const x = ones([1024, 1024]);
      const run = (): unknown => scope(() => x.matmul(x.transpose()).add(1).softmax().sum().item());
      // By the second time x keeps a packed copy of itself.
      expect(run).toThrow(/no room for 4\.0 MiB/);
      expect(run).toThrow(WasmError);
      const { peakBytesInUse, ...before } = backend.stats();
      expect(run).toThrow(WasmError);
      const { peakBytesInUse: peak, ...after } = backend.stats();
      expect(after.blocks).toBe(before.blocks);
      expect(after.bytesInUse).toBe(before.bytesInUse);
      expect(peak).toBe(peakBytesInUse);
      expect(peak).toBeLessThanOrEqual(2 ** 24);
      expect(scope(() => x.sum().item())).toBe(2 ** 20);
    });
  });

  it("uses a larger free block rather than fail", async () => {
    const backend = await WasmBackend.create({ maximumMemory: 2 ** 24 });
    withBackend(backend, () => {
      scope(() => void zeros([3 * 2 ** 20]));
      const x = ones([2 ** 20]);
      expect(backend.stats().bytesInUse).toBeGreaterThanOrEqual(12 * 2 ** 20);
      x.dispose();
      expect(scope(() => zeros([3 * 2 ** 20]).size)).toBe(3 * 2 ** 20);
    });
  });

  it("refuses a maximum that makes no sense", async () => {
    await expect(WasmBackend.create({ maximumMemory: 10 })).rejects.toThrow(/16 MiB to 4 GiB in bytes, got 10/);
  });

  it("says so when a freed tensor is used", async () => {
    const backend = await WasmBackend.create();
    withBackend(backend, () => {
      const x = zeros([3]);
      x.dispose();
      x.dispose();
      expect(() => x.add(1)).toThrow(/used after it was freed/);
    });
  });

  it("wastes at most a quarter", () => {
    for (let bytes = 65; bytes < 100_000; bytes = Math.ceil(bytes * 1.07)) {
      expect(sizeClass(bytes)).toBeGreaterThanOrEqual(bytes);
      expect(sizeClass(bytes) % 64).toBe(0);
      expect(sizeClass(bytes)).toBeLessThanOrEqual(Math.max(bytes * 1.25, bytes + 63));
    }
  });
});
