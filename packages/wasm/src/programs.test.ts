import { allClose, fromTypedArray, withBackend, zeros, type DenseTensor } from "@unroll/tensor";
import { afterEach, describe, expect, it } from "vitest";

import { testProgram } from "../fixtures/test-program.js";
import { WasmBackend } from "./index.js";

let backend: WasmBackend | undefined;
afterEach(() => backend?.close());

describe.each([1, 2, 3])("programs on %i threads", (threads) => {
  it("call the kernels and Math, once per list of arguments", async () => {
    backend = await WasmBackend.create({ threads });
    const { programs } = backend;
    expect(programs.threads).toBe(threads);
    expect(programs.relaxed).toBe(backend.build === "relaxed");
    const linked = programs.link(testProgram);
    const y = withBackend(backend, () => zeros([threads])) as DenseTensor;
    const address = programs.addressOf(y);
    for (let turn = 0; turn < 200; turn++) {
      linked.run(
        "fill",
        Array.from({ length: threads }, (_, thread) => [address + 4 * thread, thread + turn]),
      );
      const expected = Float32Array.from({ length: threads }, (_, thread) => Math.exp(Math.sin(thread + turn)));
      expect(allClose(y, fromTypedArray(expected, [threads]), { relative: 1e-6 }).message).toMatch(/^all/);
    }
  });

  it("refuse addresses of tensors that lie elsewhere", async () => {
    backend = await WasmBackend.create({ threads });
    expect(() => backend?.programs.addressOf(zeros([1]) as DenseTensor)).toThrow(
      "addressOf: needs a tensor on this backend, got one on reference; move it first",
    );
  });

  it("refuse an export that is not there, and more calls than threads", async () => {
    backend = await WasmBackend.create({ threads });
    const linked = backend.programs.link(testProgram);
    expect(() => linked.run("fil", [[]])).toThrow(/must export "fil", it exports fill, fail, hang/);
    const many = Array.from({ length: threads + 1 }, () => [0, 0]);
    expect(() => linked.run("fill", many)).toThrow(/at most one list of arguments per thread, got/);
    expect(() => linked.run("fill", [new Array<number>(65).fill(0)])).toThrow(/at most 64 arguments, got 65/);
  });
});
