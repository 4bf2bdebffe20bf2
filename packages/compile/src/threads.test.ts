import { setBackend } from "@unroll/tensor";
import { WasmBackend } from "@unroll/wasm";
import { afterEach, expect, it } from "vitest";

import { gradientsOf } from "../fixtures/compare-engines.js";
import { buildStep } from "../fixtures/random-step.js";

const recipe = {
  input: 9,
  states: [10, 7, 10],
  watched: [3],
  lines: ["transposed", "product", "add", "normal", "beside", "tanh", "sigmoid", "product", "column", "softmax"].map(
    (operation, index) => ({ operation, a: index * 3 + 1, b: index, c: 9 - index }),
  ),
};
const { step, sizes } = buildStep(recipe);
const backends: WasmBackend[] = [];

afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close();
});

it.each([
  ["a batch that splits unevenly", 370, 60, undefined],
  ["a batch too small to split", 3, 50, undefined],
  ["a sequence read from a table", 200, 60, "table" as const],
])("gives the same bits on one, two and three threads: %s", async (_, batch, time, lookup) => {
  const results: Record<string, number[]>[] = [];
  for (const threads of [1, 2, 3]) {
    const backend = await WasmBackend.create({ threads });
    backends.push(backend);
    const before = setBackend(backend);
    try {
      results.push(gradientsOf(step, sizes, { batch, time, lookup }));
    } finally {
      setBackend(before);
    }
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});
