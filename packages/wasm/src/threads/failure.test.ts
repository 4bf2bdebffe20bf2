import workerThreads from "node:worker_threads";

import { ones, withBackend, zeros, type DenseTensor } from "@unroll/tensor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { testProgram } from "../../fixtures/test-program.js";
import { WasmBackend, WasmError } from "../index.js";

// The workers that a test started.
let workers: workerThreads.Worker[];
let backend: WasmBackend;

beforeEach(() => {
  workers = [];
  const { Worker } = workerThreads;
  vi.spyOn(workerThreads, "Worker").mockImplementation(function (...given: ConstructorParameters<typeof Worker>) {
    const worker = new Worker(...given);
    workers.push(worker);
    return worker;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await backend.close();
});

const product = (): number =>
  withBackend(backend, () =>
    ones([200, 200])
      .matmul(ones([200, 200]))
      .sum()
      .item(),
  );

const addressOfZero = (): number => backend.programs.addressOf(withBackend(backend, () => zeros([1])) as DenseTensor);

function caught(run: () => unknown): WasmError {
  try {
    run();
  } catch (error) {
    if (error instanceof WasmError) return error;
  }
  throw new Error("nothing was thrown");
}

it("starts no thread where the memory has no room for all", async () => {
  backend = await WasmBackend.create();
  await expect(WasmBackend.create({ maximumMemory: 2 ** 24, threads: 64 })).rejects.toThrow(/no room for 16\.0 MiB/);
  expect(workers).toEqual([]);
});

describe("a thread that fails", () => {
  it("by an error in a program is named, and the backend goes on alone", async () => {
    backend = await WasmBackend.create({ threads: 3 });
    const linked = backend.programs.link(testProgram);
    const error = caught(() => {
      const begun = addressOfZero();
      linked.run("fail", [
        [begun, 0],
        [begun, 0],
        [begun, 1],
      ]);
    });
    expect(error.code).toBe("thread");
    expect(error.message).toMatch(/^fail: thread 3 of 3 failed: RuntimeError: unreachable; the backend goes on with one thread/);
    expect(backend.threads).toBe(1);
    expect(backend.programs.threads).toBe(1);
    expect(product()).toBe(200 ** 3);
    expect(() => linked.run("fill", [[addressOfZero(), 0]])).not.toThrow();
  });

  it("by being killed is named at the next call", async () => {
    backend = await WasmBackend.create({ threads: 3 });
    expect(product()).toBe(200 ** 3);
    await workers[1]?.terminate();
    const error = caught(product);
    expect(error.code).toBe("thread");
    expect(error.message).toMatch(/^\w+: thread 3 of 3 ended with exit code 1; the backend goes on with one thread/);
    expect(product()).toBe(200 ** 3);
  });

  it("by never answering is named after a while", async () => {
    backend = await WasmBackend.create({ threads: 2 });
    const linked = backend.programs.link(testProgram);
    const start = performance.now();
    const error = caught(() => {
      const begun = addressOfZero();
      linked.run("hang", [
        [begun, 0],
        [begun, 1],
      ]);
    });
    expect(error.message).toMatch(/^hang: thread 2 of 2 has not answered for \d+ s/);
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(product()).toBe(200 ** 3);
  });
});

describe("close", () => {
  it("ends the workers, and the backend goes on", async () => {
    backend = await WasmBackend.create({ threads: 3 });
    const ended = workers.map((worker) => new Promise((resolve) => worker.on("exit", resolve)));
    expect(ended).toHaveLength(2);
    await backend.close();
    await Promise.all(ended);
    expect(backend.threads).toBe(1);
    expect(product()).toBe(200 ** 3);
  });
});

describe("where memory cannot be shared", () => {
  const warned = async (): Promise<string> => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    backend = await WasmBackend.create({ threads: 4 });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(backend.threads).toBe(1);
    expect(product()).toBe(200 ** 3);
    return String(warn.mock.calls[0]?.[0]);
  };
  afterEach(() => vi.unstubAllGlobals());

  it("says that the page is not isolated", async () => {
    vi.stubGlobal("crossOriginIsolated", false);
    expect(await warned()).toMatch(/^useWasm: all runs on one thread, since this page is not cross-origin isolated/);
  });

  it("says that a worker was not allowed to start", async () => {
    vi.spyOn(workerThreads, "Worker").mockImplementation(function () {
      throw new Error("blocked by the page's Content-Security-Policy");
    });
    expect(await warned()).toBe(
      "useWasm: all runs on one thread, since a worker could not start: blocked by the page's Content-Security-Policy",
    );
  });

  it("refuses a number of threads that makes no sense", async () => {
    await expect(WasmBackend.create({ threads: 0 })).rejects.toThrow(/threads must be a whole number from 1 to 64, got 0/);
    await expect(WasmBackend.create({ threads: 1.5 })).rejects.toThrow(WasmError);
  });
});
