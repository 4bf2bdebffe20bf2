import { createGenerator, normal, scope, withBackend, zeros, type Tensor } from "@unroll/tensor";
import { WasmBackend } from "@unroll/wasm";
import { describe, expect, it } from "vitest";

import { checkpointedLoop, grad } from "./index.js";

const hidden = 128;
const steps = 4096;

interface State {
  readonly h: Tensor;
  readonly c: Tensor;
}

// Peak bytes of forward and backward over an LSTM, and the gradients.
async function run(checkpointed: boolean): Promise<{ readonly peak: number; readonly gradients: Float32Array[] }> {
  const backend = await WasmBackend.create();
  return withBackend(backend, () => {
    const generator = createGenerator(3);
    const weights = [
      normal([1, 4 * hidden], { generator, deviation: 0.05 }),
      normal([hidden, 4 * hidden], { generator, deviation: 0.05 }),
    ];
    const x = normal([steps, 1], { generator });
    const start: State = { h: zeros([1, hidden]), c: zeros([1, hidden]) };
    const before = backend.stats().bytesInUse;
    backend.resetPeak();
    const gradients = scope(() =>
      grad(([weightIh, weightHh]: Tensor[]) => {
        const step = ({ h, c }: State, t: number): { state: State; output: undefined } => {
          const input = x.slice({ axis: 0, start: t, stop: t + 1 }).matmul(weightIh as Tensor);
          const [i, f, g, o] = input.add(h.matmul(weightHh as Tensor)).split(4, { axis: 1 }) as [Tensor, Tensor, Tensor, Tensor];
          const next = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
          return { state: { h: o.sigmoid().mul(next.tanh()), c: next }, output: undefined };
        };
        if (checkpointed) return checkpointedLoop(steps, start, step).state.h.sum();
        let state = start;
        for (let t = 0; t < steps; t++) state = step(state, t).state;
        return state.h.sum();
      })(weights),
    );
    return { peak: backend.stats().peakBytesInUse - before, gradients: gradients.map((x) => x.toTypedArray() as Float32Array) };
  });
}

describe(`an LSTM over ${steps} steps, hidden ${hidden}`, () => {
  it("needs at least 8 times less memory with checkpoints, for the same gradients to the bit", async () => {
    const plain = await run(false);
    const checkpointed = await run(true);
    console.log(
      `peak: plain ${(plain.peak / 2 ** 20).toFixed(1)} MiB, checkpointed ${(checkpointed.peak / 2 ** 20).toFixed(2)} MiB`,
    );
    expect(checkpointed.gradients).toEqual(plain.gradients);
    expect(plain.peak / checkpointed.peak).toBeGreaterThan(8);
  });
});
