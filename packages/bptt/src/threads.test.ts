import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import workerThreads from "node:worker_threads";

import { lstm, unroll } from "@unroll/cells";
import { Linear, meanSquaredError, Module } from "@unroll/nn";
import { adam, type OptimizerState } from "@unroll/optim";
import { loadCheckpoint, saveCheckpoint } from "@unroll/serialize/node";
import { createGenerator, normal, setBackend, type Backend, type Tensor } from "@unroll/tensor";
import { WasmBackend, WasmError } from "@unroll/wasm";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { fit, type FitOptions, type FitState, type SequenceModel } from "./index.js";

// Wide enough that its products and gates are shared.
class Wide extends Module implements SequenceModel {
  rnn = unroll(lstm, { inputSize: 24, hiddenSize: 64 });
  head = new Linear(64, 8);
  forward(x: Tensor): Tensor {
    return this.head.forward(this.rnn.forward(x).output);
  }
}

let folder: string;
let workers: workerThreads.Worker[];
let backend: WasmBackend | undefined;
let before: Backend | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unroll-threads-"));
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
  rmSync(folder, { recursive: true });
  if (before !== undefined) setBackend(before);
  await backend?.close();
});

async function useThreads(threads: number): Promise<void> {
  backend = await WasmBackend.create({ threads });
  before = setBackend(backend);
}

// Twenty updates, or what is left of them; gives the weights.
async function train(model: Wide, options: Partial<FitOptions<OptimizerState>> = {}): Promise<Record<string, number[]>> {
  const generator = createGenerator(7);
  const batches = Array.from({ length: 5 }, () => ({
    inputs: normal([40, 9, 24], { generator }),
    targets: normal([40, 9, 8], { generator }),
  }));
  const schedule = { loss: meanSquaredError, optimizer: adam({ learningRate: 0.01 }), epochs: 4 };
  const { state } = await fit(model, batches, { ...schedule, ...options });
  expect(state.step).toBe(20);
  return Object.fromEntries(Object.entries(model.stateDict()).map(([name, value]) => [name, Array.from(value.toTypedArray())]));
}

it("ends with the same bits on 1, 2 and 3 threads", async () => {
  const weights: Record<string, number[]>[] = [];
  for (const threads of [1, 2, 3]) {
    await useThreads(threads);
    weights.push(await train(new Wide().initialize({ seed: 1 })));
    expect(workers).toHaveLength(threads - 1);
    await backend?.close();
    workers = [];
  }
  expect(weights[1]).toEqual(weights[0]);
  expect(weights[2]).toEqual(weights[0]);
});

it("names a thread that is killed, and resumes from the last checkpoint to the same bits", async () => {
  const file = join(folder, "checkpoint.safetensors");
  await useThreads(2);
  const whole = await train(new Wide().initialize({ seed: 1 }));
  const killed = train(new Wide().initialize({ seed: 1 }), {
    checkpoint: { every: { steps: 3 }, save: (checkpoint) => saveCheckpoint(file, checkpoint) },
    onStep: async ({ step }) => {
      if (step === 11) await workers[0]?.terminate();
    },
  });
  await expect(killed).rejects.toThrow(WasmError);
  await expect(killed).rejects.toThrow(/thread 2 of 2 ended with exit code 1; .* resume from the last checkpoint/);

  const saved = (await loadCheckpoint(file)) as unknown as { model: Record<string, Tensor>; training: FitState<OptimizerState> };
  expect(saved.training.step).toBe(9);
  const resumed = new Wide();
  resumed.loadStateDict(saved.model);
  expect(await train(resumed, { resume: saved.training })).toEqual(whole);
});
