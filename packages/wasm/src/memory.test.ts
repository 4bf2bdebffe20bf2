import { ones, scope, withBackend, zeros } from "@unroll/tensor";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { WasmBackend, WasmError } from "./index.js";
import { Pool, sizeClass, type Block } from "./pool.js";

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

  it("cuts and joins free blocks rather than fail", async () => {
    const backend = await WasmBackend.create({ maximumMemory: 2 ** 24 });
    withBackend(backend, () => {
      for (const size of [3 * 2 ** 20, 2 ** 18, 2 ** 20, 3 * 2 ** 20]) {
        const count = Math.floor((3.5 * 2 ** 20) / size);
        scope(() => expect(Array.from({ length: count }, () => ones([size])).length).toBe(count));
      }
    });
  });

  it("serves sequences that grow longer from what shorter ones gave back", async () => {
    const backend = await WasmBackend.create({ maximumMemory: 2 ** 26 });
    withBackend(backend, () => {
      const sizes = Array.from({ length: 60 }, (_, index) => 1000 * 1.15 ** index).filter((size) => size * 8 < 2 ** 25);
      const live = sizes.map((size) => {
        scope(() =>
          ones([Math.ceil(size)])
            .add(1)
            .mul(2)
            .sum()
            .item(),
        );
        return backend.stats().bytesReserved;
      });
      // Never more than twice the largest, a quarter for growing, and what there was at the start.
      expect(Math.max(...live)).toBeLessThan(2 ** 24 + 2.5 * 2 ** 25);
    });
  });

  it("gives blocks that do not overlap, and takes all of them back", () => {
    const action = fc.record({ bytes: fc.integer({ min: 0, max: 3 * 2 ** 20 }), free: fc.nat(), keep: fc.boolean() });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const pool = new Pool({ maximumBytes: 2 ** 24, shared: false });
        const { blocks: none } = pool.stats();
        const held: Block[] = [];
        for (const { bytes, free, keep } of actions) {
          if (!keep && held.length > 0) pool.release(held.splice(free % held.length, 1)[0] as Block);
          try {
            held.push(pool.allocate(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(WasmError);
          }
          const sorted = [...held].sort((a, b) => a.pointer - b.pointer);
          sorted.forEach(({ pointer, bytes: own }, index) => {
            expect(pointer % 64).toBe(0);
            expect(pointer + own).toBeLessThanOrEqual(sorted[index + 1]?.pointer ?? pool.memory.buffer.byteLength);
          });
          expect(pool.stats().bytesInUse).toBe(held.reduce((sum, block) => sum + block.bytes, 0));
        }
        for (const block of held) pool.release(block);
        expect(pool.stats()).toMatchObject({ blocks: none, bytesInUse: 0 });
        // All that there is, but for what lies below the heap.
        expect(pool.allocate(2 ** 24 - 2 ** 22).bytes).toBe(2 ** 24 - 2 ** 22);
      }),
      { numRuns: 200 },
    );
  });

  it("gets back what no scope frees, when the program is idle, before the memory is full", async () => {
    const backend = await WasmBackend.create({ maximumMemory: 2 ** 29 });
    for (let turn = 0; turn < 300; turn++) {
      withBackend(backend, () => void ones([2 ** 20]));
      await new Promise((resume) => setTimeout(resume, 0));
    }
    expect(backend.stats().peakBytesInUse).toBeLessThan(2 ** 29);
  });

  it("asks for spare blocks where no free one serves, and then alone", () => {
    const pool = new Pool({ maximumBytes: 2 ** 24, shared: false });
    const held = pool.allocate(6 * 2 ** 20);
    const spare = [pool.allocate(2 ** 20), pool.allocate(2 ** 20)];
    const giveUp = vi.fn(() => {
      for (const block of spare.splice(0)) pool.release(block);
    });
    pool.spare.add({ giveUp });
    pool.release(pool.allocate(7 * 2 ** 20));
    for (const mebibytes of [1, 2.5, 5.75, 0.3, 7]) pool.release(pool.allocate(mebibytes * 2 ** 20));
    expect(giveUp).not.toHaveBeenCalled();
    pool.release(pool.allocate(8 * 2 ** 20));
    expect(giveUp).toHaveBeenCalledTimes(1);
    expect(() => pool.allocate(12 * 2 ** 20)).toThrow("no room for 12.0 MiB");
    pool.release(held);
    expect(pool.allocate(12 * 2 ** 20).bytes).toBe(12 * 2 ** 20);
  });

  it("keeps packed copies within a few times the matrix, and gives them up where room is needed", async () => {
    const backend = await WasmBackend.create({ maximumMemory: 2 ** 26 });
    withBackend(backend, () => {
      const series = ones([10_000, 64]);
      const rows = ones([8, 64]);
      const before = backend.stats().bytesInUse;
      for (let start = 0; start + 64 <= 10_000; start += 3) {
        scope(() => {
          const part = series.slice({ axis: 0, start, stop: start + 64 });
          expect(rows.matmul(part).sum().item()).toBe(rows.matmul(part).sum().item());
        });
      }
      expect(backend.stats().bytesInUse - before).toBeLessThan(8 * series.size * 4 + 2 ** 17);
      expect(scope(() => ones([14 * 2 ** 20]).size)).toBe(14 * 2 ** 20);
      series.dispose();
      expect(backend.stats().bytesInUse).toBe(before - sizeClass(series.size * 4));
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
