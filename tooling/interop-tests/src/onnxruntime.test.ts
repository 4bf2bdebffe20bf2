import {
  gru,
  gruCell,
  indrnn,
  irnn,
  jordan,
  layerNormGru,
  layerNormLstm,
  lstm,
  lstmCell,
  minGru,
  minLstm,
  rnn,
  rnnCell,
  unroll,
  type Cell,
  type UnrollOptions,
} from "@unroll/cells";
import { Embedding, LayerNorm, Linear, Module } from "@unroll/nn";
import { exportOnnx, importOnnx } from "@unroll/serialize/onnx";
import { createGenerator, fromTypedArray, normal, type Tensor } from "@unroll/tensor";
import { env, InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-web";
import { describe, expect, it } from "vitest";

env.wasm.numThreads = 1;

function asRuntimeTensor(tensor: Tensor): RuntimeTensor {
  const elements = tensor.toTypedArray();
  return elements instanceof Int32Array
    ? new RuntimeTensor("int32", elements, tensor.shape)
    : new RuntimeTensor("float32", elements as Float32Array, tensor.shape);
}

/** Runs a model in onnxruntime and expects what we get from it: outputs within 1e-5. */
async function expectSame(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Tensor>>,
): Promise<void> {
  const session = await InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, asRuntimeTensor(tensor)]));
  const results = await session.run(feeds);
  for (const [name, tensor] of Object.entries(expected)) {
    expect(results[name]?.dims).toEqual(tensor.shape);
    const values = results[name]?.data as Float32Array | Int32Array;
    tensor.toTypedArray().forEach((value, index) => expect(Math.abs((values[index] as number) - value)).toBeLessThan(1e-5));
  }
  await session.release();
}

const sequence = normal([3, 5, 4], { generator: createGenerator(1) });

describe("a model of ours in onnxruntime", () => {
  const cells: [string, Cell][] = [
    ["rnn", rnn],
    ["rnn, relu", rnnCell({ activation: "relu" })],
    ["irnn", irnn],
    ["indrnn", indrnn],
    ["jordan", jordan],
    ["gru", gru],
    ["gru, reset before", gruCell({ resetAfter: false })],
    ["gru, update replaces", gruCell({ updateGate: "replace" })],
    ["gru, hard sigmoid and clip", gruCell({ gateActivation: "hardSigmoidTfjs", gateClip: 0.5 })],
    ["lstm", lstm],
    ["lstm, diagonal peepholes", lstmCell({ peephole: "diagonal" })],
    ["lstm, full peepholes", lstmCell({ peephole: "full" })],
    ["lstm, coupled", lstmCell({ coupled: true })],
    ["lstm, projection", lstmCell({ projSize: 3 })],
    ["lstm, clips", lstmCell({ gateClip: 0.5, cellClip: 0.3 })],
    ["lstm, one bias", lstmCell({ bias: "single" })],
    ["layer-normalised lstm", layerNormLstm],
    ["layer-normalised gru", layerNormGru],
    ["minGru", minGru],
    ["minLstm", minLstm],
  ];
  const stacks: [string, Partial<UnrollOptions>][] = [
    ["one layer", {}],
    ["two layers in both directions", { layers: 2, direction: "bidirectional" }],
  ];

  describe.each(stacks)("%s", (_, options) => {
    it.each(cells)("of %s", async (_name, cell) => {
      const layer = unroll(cell, { inputSize: 4, hiddenSize: 6, ...options }).initialize({ seed: 3 });
      const generator = createGenerator(4);
      for (const parameter of layer.parameters().values())
        parameter.assign(normal(parameter.shape, { generator, deviation: 0.5 }));
      const { output, last, state } = layer.forward(sequence);
      const expected: Record<string, Tensor> = { output, last };
      state.forEach((record, index) => {
        for (const [name, value] of Object.entries(record)) expected[`state.${index}.${name}`] = value;
      });
      await expectSame(exportOnnx(layer, { x: sequence }), { x: sequence }, expected);
    });
  });

  it("classifies the same, and so does what comes back from it", async () => {
    class Classifier extends Module {
      readonly embedding = new Embedding(7, 4);
      readonly rnn = unroll(lstm, { inputSize: 4, hiddenSize: 6, direction: "bidirectional" });
      readonly norm = new LayerNorm(12);
      readonly head = new Linear(12, 3);
      forward(tokens: Tensor): { probabilities: Tensor; likely: Tensor } {
        const { last } = this.rnn.forward(this.embedding.forward(tokens), { lengths: Int32Array.of(3, 1) });
        const probabilities = this.head.forward(this.norm.forward(last)).softmax();
        return { probabilities, likely: probabilities.argmax({ axis: -1 }) };
      }
    }
    const model = new Classifier().initialize({ seed: 5 });
    const tokens = fromTypedArray(Int32Array.of(0, 1, 2, 6, 5, 4), [2, 3]);
    const bytes = exportOnnx(model, { tokens });
    const { probabilities, likely } = model.forward(tokens);
    await expectSame(bytes, { tokens }, { probabilities, likely });

    const imported = importOnnx(bytes);
    class Again extends Module {
      readonly model = imported;
      forward(x: Tensor): Record<string, Tensor> {
        return this.model.run({ tokens: x });
      }
    }
    await expectSame(exportOnnx(new Again(), { tokens }), { tokens }, { probabilities, likely });
  });
});
