import v8 from "node:v8";
import vm from "node:vm";

import { rnn, unroll } from "@unroll/cells";
import { crossEntropy, Embedding, Module } from "@unroll/nn";
import { adam } from "@unroll/optim";
import {
  fromTypedArray,
  referenceBackend,
  referenceKernels,
  setBackend,
  type Backend,
  type Storage,
  type Tensor,
} from "@unroll/tensor";
import { WasmBackend } from "@unroll/wasm";
import { expect, it } from "vitest";

import { fit, type Batch, type ModelState, type SequenceModel } from "./index.js";

// The reference backend, which knows what it has handed out.
function countingBackend(): { readonly backend: Backend; readonly live: () => number } {
  const live = new Set<Storage>();
  const backend: Backend = {
    name: "counting",
    dtypes: referenceBackend.dtypes,
    kernels: referenceKernels,
    allocate(dtype, length) {
      const storage = referenceBackend.allocate(dtype, length);
      const dispose = storage.dispose.bind(storage);
      const counted = Object.assign(storage, { backend, dispose: () => void (live.delete(storage), dispose()) });
      live.add(storage);
      return counted;
    },
  };
  return { backend, live: () => live.size };
}

// Bytes that the JavaScript heap holds on to.
function heapAfterCollection(): number {
  v8.setFlagsFromString("--expose-gc");
  (vm.runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

class Tiny extends Module implements SequenceModel {
  embedding = new Embedding(2, 1);
  rnn = unroll(rnn, { inputSize: 1, hiddenSize: 2 });
  forward(x: Tensor, state?: ModelState): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(this.embedding.forward(x), { state });
    return { logits: output, state: next };
  }
}

it.each([
  ["reference", () => Promise.resolve(countingBackend())],
  [
    "WebAssembly",
    async () => {
      const backend = await WasmBackend.create();
      return { backend, live: () => backend.stats().blocks };
    },
  ],
])(
  "the %s backend holds as many tensors after 10,000 updates as after 200, with carried state, validation and checkpoints",
  async (_, open) => {
    const { backend, live } = await open();
    const batches = function* (count: number): Generator<Batch> {
      for (let index = 0; index < count; index++) {
        const make = (): Tensor => fromTypedArray(Int32Array.of(index % 2, (index >> 1) % 2), [1, 2]);
        yield { inputs: make(), targets: make() };
      }
    };
    const counts = new Map<number, number>();
    const heaps = new Map<number, number>();
    const before = setBackend(backend);
    try {
      await fit(new Tiny().initialize({ seed: 1 }), () => batches(1000), {
        loss: crossEntropy,
        optimizer: adam(),
        epochs: 5,
        bptt: { k1: 1, k2: 2 },
        clip: { maxNorm: 1 },
        resetState: "never",
        validation: { batches: { [Symbol.iterator]: () => batches(3) }, every: 100 },
        earlyStopping: { patience: Infinity },
        checkpoint: { every: { steps: 50 }, save: () => Promise.resolve() },
        onStep: ({ step, batchDone }) => {
          if (!batchDone || step % 100 !== 0) return;
          counts.set(step, live());
          if (step === 1000 || step === 10_000) heaps.set(step, heapAfterCollection());
        },
      });
    } finally {
      setBackend(before);
    }
    expect(counts.size).toBe(100);
    // The first validation, after 100, keeps the best weights: one tensor per parameter.
    counts.delete(100);
    expect(new Set(counts.values()).size).toBe(1);
    const [early = NaN, late = NaN] = [heaps.get(1000), heaps.get(10_000)];
    expect(late - early, `bytes of heap after 10,000 updates beyond the ${early} after 1,000`).toBeLessThan(2 ** 20);
  },
);
