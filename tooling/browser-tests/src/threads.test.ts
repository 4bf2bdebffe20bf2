import { backendConformance } from "@unroll/tensor/conformance";
import { createGenerator, normal, withBackend } from "@unroll/tensor";
import { WasmBackend } from "@unroll/wasm";
import { afterAll, expect, it, vi } from "vitest";

let backend: Promise<WasmBackend> | undefined;
backendConformance(
  "wasm in a page, 2 threads",
  () => (backend ??= WasmBackend.create({ threads: 2 }, { multiplyAdds: 1, elements: 1 })),
);
afterAll(async () => (await backend)?.close());

const results = (on: WasmBackend): unknown[] =>
  withBackend(on, () => {
    const generator = createGenerator(1);
    const x = normal([200, 300], { generator });
    const w = normal([300, 250], { generator });
    const h = x.matmul(w);
    return [h, h.tanh(), h.softmax(), h.sum({ axes: 0 })].map((y) => y.toTypedArray());
  });

it("gives the bits of one thread, while the page's main thread may not sleep", async () => {
  const alone = await WasmBackend.create();
  const team = await WasmBackend.create({ threads: 3 });
  expect(crossOriginIsolated).toBe(true);
  expect(team.threads).toBe(3);
  for (let turn = 0; turn < 20; turn++) expect(results(team)).toEqual(results(alone));
  await team.close();
  expect(team.threads).toBe(1);
  expect(results(team)).toEqual(results(alone));
});

it("warns once and goes on where a page may start no worker", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.stubGlobal(
    "Worker",
    class {
      constructor() {
        throw new Error("refused by the Content-Security-Policy");
      }
    },
  );
  const alone = await WasmBackend.create({ threads: 2 });
  vi.unstubAllGlobals();
  expect(alone.threads).toBe(1);
  expect(warn.mock.calls).toEqual([
    ["useWasm: all runs on one thread, since a worker could not start: refused by the Content-Security-Policy"],
  ]);
  warn.mockRestore();
  expect(results(alone)).toHaveLength(4);
});
