import { gru, lstm, unroll, type Cell } from "@unroll/cells";
import { differentiate } from "@unroll/nn";
import { createGenerator, normal, setBackend, type Tensor } from "@unroll/tensor";
import { WasmBackend } from "@unroll/wasm";
import { expect, it } from "vitest";

const values = (cell: Cell, engine: "compiled" | "tape"): Record<string, number[]> => {
  const layer = unroll(cell, { inputSize: 5, hiddenSize: 12, direction: "bidirectional", engine }).initialize({ seed: 1 });
  const x = normal([9, 6, 5], { generator: createGenerator(2) });
  const { loss, gradients } = differentiate(layer, () =>
    layer
      .forward(x, { lengths: Int32Array.of(6, 1, 0, 4, 6, 2, 3, 5, 6) })
      .output.square()
      .mean(),
  );
  const numbers = (tensor: Tensor): number[] => Array.from(tensor.toTypedArray());
  return {
    loss: numbers(loss),
    ...Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, numbers(gradient)])),
  };
};

it.each([
  ["one thread", {}],
  ["two threads", { threads: 2 }],
  ["one rounding per operation", { deterministic: true }],
])("runs compiled cells in a page as it runs the tape: %s", async (_, options) => {
  const backend = await WasmBackend.create(options);
  const before = setBackend(backend);
  try {
    for (const cell of [lstm, gru]) {
      const tape = values(cell, "tape");
      const compiled = values(cell, "compiled");
      for (const [name, expected] of Object.entries(tape)) {
        const largest = Math.max(...expected.map(Math.abs));
        expected.forEach((value, index) =>
          expect(Math.abs(value - (compiled[name]?.[index] as number)) / largest, name).toBeLessThan(2e-6),
        );
      }
    }
  } finally {
    setBackend(before);
    await backend.close();
  }
});
