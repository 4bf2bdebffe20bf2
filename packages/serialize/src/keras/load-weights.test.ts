import { readFileSync } from "node:fs";

import { gru, gruCell, lstm, lstmCell, unroll } from "@unroll/cells";
import { Dropout, Embedding, LayerNorm, Linear, Module } from "@unroll/nn";
import { type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { decodeSafetensors } from "../index.js";
import { importKeras, loadKerasWeights } from "../keras.js";

const read = (name: string): Uint8Array => readFileSync(new URL(`../../fixtures/keras/${name}`, import.meta.url));

const { tensors } = decodeSafetensors(read("classifier.run.safetensors"));
const tokens = tensors["input.0"] as Tensor;
const expected = tensors["output.0"] as Tensor;

class Classifier extends Module {
  embedding = new Embedding(7, 2);
  encoder = unroll(lstm, { inputSize: 2, hiddenSize: 3, direction: "bidirectional" });
  rnn = unroll(gru, { inputSize: 6, hiddenSize: 3 });
  norm = new LayerNorm(3, { epsilon: 1e-3 });
  head = new Linear(3, 2);

  get layers(): Module[] {
    return [this.embedding, this.encoder, this.rnn, this.norm, this.head];
  }

  forward(indices: Tensor): Tensor {
    const mask = indices.notEqual(0);
    const sequence = this.encoder.forward(this.embedding.forward(indices), { mask }).output;
    return this.head.forward(this.norm.forward(this.rnn.forward(sequence, { mask }).last));
  }
}

describe("loadKerasWeights", () => {
  it("loads layers built here", async () => {
    const model = new Classifier();
    await loadKerasWeights(read("classifier.weights.h5"), model.layers);
    expect(model.forward(tokens).sub(expected).abs().max().item()).toBeLessThan(1e-5);
  });

  it("loads a model that came from Keras", async () => {
    const model = await importKeras(read("classifier.keras"));
    model.initialize({ seed: 1 });
    expect(model.forward(tokens).sub(expected).abs().max().item()).toBeGreaterThan(1e-2);
    await loadKerasWeights(read("classifier.weights.h5"), model);
    expect(model.forward(tokens).sub(expected).abs().max().item()).toBeLessThan(1e-5);
  });

  it("says what does not fit", async () => {
    const { embedding, encoder, norm, head } = new Classifier();
    const layers = (rnn: Module): Module[] => [embedding, encoder, rnn, norm, head];
    const load = (rnn: Module): Promise<void> => loadKerasWeights(read("classifier.weights.h5"), layers(rnn));
    const sizes = { inputSize: 6, hiddenSize: 3 };
    await expect(load(unroll(gruCell({ resetAfter: false }), sizes))).rejects.toThrow(
      'read Keras: bias of "layers/gru/cell/vars" must have shape [9], got [2, 9]',
    );
    await expect(load(unroll(gru, { ...sizes, hiddenSize: 4 }))).rejects.toThrow(
      'read Keras: kernel of "layers/gru/cell/vars" must have shape [6, 12], got [6, 9]',
    );
    await expect(load(unroll(lstm, sizes))).rejects.toThrow(
      'no weights at "layers/lstm/cell/vars"; the file has some at layers/bidirectional, layers/dense, layers/embedding, layers/gru, layers/layer_norm',
    );
    await expect(load(unroll(lstmCell({ peephole: "diagonal" }), sizes))).rejects.toThrow("Keras has no lstm with weightCi");
    await expect(load(new Dropout(0.5))).rejects.toThrow(
      "loadKerasWeights: takes Embedding, Linear, LayerNorm, Conv1d and recurrent layers, got Dropout",
    );
    await expect(importKeras(read("classifier.weights.h5"))).rejects.toThrow("must be of the .keras format, got HDF5");
  });
});
