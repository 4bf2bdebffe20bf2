// A training in a worker or a page of its own, which killed-training.test.ts kills again and again. What it reports goes to
// the channel of its own name: the kind and the name of its store, and which of its lives it is.
import { fit, type Batch, type FitState, type ModelState, type SequenceModel } from "@unroll/bptt";
import { gru, unroll } from "@unroll/cells";
import { crossEntropy, Dropout, Embedding, Linear, Module } from "@unroll/nn";
import { adam, type OptimizerState } from "@unroll/optim";
import { createGenerator, fromTypedArray, type Tensor } from "@unroll/tensor";

import { openStore, type StoreKind } from "./open-store.js";

class Tiny extends Module implements SequenceModel {
  embedding = new Embedding(3, 2);
  dropout = new Dropout(0.2);
  rnn = unroll(gru, { inputSize: 2, hiddenSize: 3 });
  head = new Linear(3, 3);

  forward(x: Tensor, state?: ModelState): { logits: Tensor; state: ModelState } {
    const { output, state: next } = this.rnn.forward(this.dropout.forward(this.embedding.forward(x)), { state });
    return { logits: this.head.forward(output), state: next };
  }
}

function* batches(epoch: number): Generator<Batch> {
  const generator = createGenerator(epoch);
  for (let index = 0; index < 20; index++) {
    const walk = Int32Array.from({ length: 4 }, () => generator.integer(3));
    yield { inputs: fromTypedArray(walk.slice(0, 3), [1, 3]), targets: fromTypedArray(walk.slice(1), [1, 3]) };
  }
}

const [kind, name] = self.name.split(" ") as [StoreKind, string];
const channel = new BroadcastChannel(self.name);
const store = openStore(kind, name);
const model = new Tiny().initialize({ seed: 1 });
let resume: FitState<OptimizerState> | undefined;
if ((await store.names()).includes("checkpoint")) {
  const saved = (await store.load("checkpoint")) as unknown as {
    model: Record<string, Tensor>;
    training: FitState<OptimizerState>;
  };
  model.loadStateDict(saved.model);
  resume = saved.training;
}
const { state } = await fit(model, batches, {
  loss: crossEntropy,
  optimizer: adam({ learningRate: 0.01 }),
  epochs: 4,
  bptt: { k1: 1, k2: 2 },
  resetState: "never",
  checkpoint: { every: { steps: 9 }, save: (checkpoint) => store.save("checkpoint", checkpoint, { keepPrevious: true }) },
  onStep: ({ step }) => channel.postMessage({ step }),
  ...(resume && { resume }),
});
await store.save("end", { model: model.stateDict(), training: state });
channel.postMessage({ resumedAt: resume?.step ?? 0 });
