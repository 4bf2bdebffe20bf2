import { checkpoint, checkpointedLoop } from "@unroll/autograd";
import { differentiate } from "@unroll/nn";
import { concat, createGenerator, normal, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { beforeAll, expect, it } from "vitest";

import { lstm, unroll, type CellState } from "../index.js";

beforeAll(async () => {
  await useWasm();
});

const x = normal([3, 12, 4], { generator: createGenerator(1) });
const layer = unroll(lstm, { inputSize: 4, hiddenSize: 6, layers: 2 }).initialize({ seed: 1 });
const gradients = (run: () => Tensor): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(differentiate(layer, () => run().square().sum()).gradients).map(([name, gradient]) => [
      name,
      Array.from(gradient.toTypedArray()),
    ]),
  );

it("gives a compiled layer the same gradients when it is run again in the backward pass", () => {
  const plain = gradients(() => layer.forward(x).output);
  expect(gradients(() => checkpoint((sequence: Tensor) => layer.forward(sequence).output)(x))).toEqual(plain);
});

it("runs a long sequence in checkpointed segments of compiled windows", () => {
  const windows = x.split(4, { axis: 1 });
  const step = (state: readonly CellState[], at: number): { state: readonly CellState[]; output: Tensor } =>
    layer.forward(windows[at] as Tensor, { state });
  const run = (segment: number): Record<string, number[]> =>
    gradients(() =>
      concat(checkpointedLoop(4, layer.zeroState(3) as readonly CellState[], step, { segment }).outputs, { axis: 1 }),
    );
  const whole = gradients(() => layer.forward(x).output);
  for (const segment of [1, 2, 4]) {
    for (const [name, gradient] of Object.entries(run(segment))) {
      const largest = Math.max(...gradient.map(Math.abs));
      gradient.forEach((value, index) =>
        expect(Math.abs(value - (whole[name]?.[index] as number)) / largest, name).toBeLessThan(2e-6),
      );
    }
  }
});
