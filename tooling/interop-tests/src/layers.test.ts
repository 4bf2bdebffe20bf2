import { EncoderDecoder, gru, lstm, minGru } from "@unroll/cells";
import {
  AdditiveAttention,
  Conv1d,
  dotAttention,
  Dropout,
  Embedding,
  LayerNorm,
  Linear,
  MixerBlock,
  Module,
  TcnBlock,
} from "@unroll/nn";
import { exportOnnx, type ExportableModel } from "@unroll/serialize/onnx";
import { arange, createGenerator, fromTypedArray, normal, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { openModel } from "./onnxruntime.js";

type Inputs = Readonly<Record<string, Tensor>>;

const draw = (...shape: number[]): Tensor => normal(shape, { generator: createGenerator(shape.length + (shape[1] ?? 0)) });
const indices = (count: number, ...[batch, time]: [number, number]): Tensor =>
  fromTypedArray(
    Int32Array.from({ length: batch * time }, (_, at) => (at * 5 + 1) % count),
    [batch, time],
  );

class Attending extends Module {
  readonly attention = new AdditiveAttention({ querySize: 4, keySize: 4, hiddenSize: 5 });
  forward(x: Tensor, lengths: Tensor): object {
    const mask = arange(x.shape[1] as number).less(lengths.unsqueeze({ axis: 1 }));
    const dot = dotAttention(x, x, x, { mask });
    return { additive: this.attention.forward(x, x, x, { mask }).output, dot: dot.output, weights: dot.weights };
  }
}

class Head extends Module {
  readonly norm = new LayerNorm(4);
  readonly dropout = new Dropout(0.5);
  readonly head = new Linear(4, 3);
  forward(x: Tensor): object {
    const scores = this.head.forward(this.dropout.forward(this.norm.forward(x).gelu()));
    const { values, spread } = { values: scores.max({ axes: 1 }), spread: scores.variance({ axes: [1, 2] }) };
    return {
      chances: scores.softmax({ axis: -1 }),
      logs: scores.logSoftmax({ axis: 1 }),
      values,
      spread,
      sum: scores.logSumExp(),
    };
  }
}

const lengthsOf = (batch: number, time: number): Tensor =>
  fromTypedArray(
    Int32Array.from({ length: batch }, (_, row) => Math.max(1, time - row)),
    [batch],
  );

/** A model, and its inputs for a batch and a time. */
const models: readonly (readonly [string, ExportableModel, (batch: number, time: number) => Inputs])[] = [
  ["Embedding", new Embedding(7, 3), (batch, time) => ({ tokens: indices(7, batch, time) })],
  ["Embedding with padding", new Embedding(7, 3, { paddingIndex: 0 }), (batch, time) => ({ tokens: indices(7, batch, time) })],
  ["Linear", new Linear(4, 3), (batch, time) => ({ x: draw(batch, time, 4) })],
  ["LayerNorm, Dropout, gelu, softmax and statistics", new Head(), (batch, time) => ({ x: draw(batch, time, 4) })],
  ...(["causal", "same", "none"] as const).map(
    (padding) =>
      [
        `Conv1d, ${padding}`,
        new Conv1d({ inputSize: 4, outputSize: 3, kernelSize: 3, dilation: 2, padding }),
        (batch: number, time: number): Inputs => ({ x: draw(batch, time + 4, 4) }),
      ] as const,
  ),
  ["TcnBlock", new TcnBlock({ inputSize: 4, outputSize: 6, dilation: 2 }), (batch, time) => ({ x: draw(batch, time, 4) })],
  ["MixerBlock, which has one time", new MixerBlock({ time: 5, features: 4 }), (batch) => ({ x: draw(batch, 5, 4) })],
  ["attention", new Attending(), (batch, time) => ({ x: draw(batch, time, 4), lengths: lengthsOf(batch, time) })],
  ...([gru, lstm, minGru] as const).map(
    (cell) =>
      [
        `EncoderDecoder of ${cell.name}, which writes three tokens`,
        new EncoderDecoder(cell, { sourceVocabulary: 7, targetVocabulary: 5, embeddingSize: 3, hiddenSize: 4, start: 3, end: 4 }),
        (batch: number, time: number): Inputs => ({ source: indices(7, batch, time), targets: indices(5, batch, 3) }),
      ] as const,
  ),
];

describe("a layer of ours in onnxruntime", () => {
  const everyVersion = models.flatMap((model) => [17, 22].map((opset) => [...model, opset] as const));
  it.each(everyVersion)("%s", async (_, model, inputsFor, opset) => {
    const generator = createGenerator(2);
    for (const parameter of model.parameters().values()) parameter.assign(normal(parameter.shape, { generator, deviation: 0.5 }));
    model.evaluate();
    const opened = await openModel(exportOnnx(model, inputsFor(3, 5), { opset }));
    const sizes = [
      [3, 5],
      [1, 2],
      [4, 9],
    ] as const;
    for (const [batch, time] of sizes) {
      const inputs = inputsFor(batch, time);
      const given: unknown = model.forward(...(Object.values(inputs) as never[]));
      const expected = "shape" in (given as object) ? { output: given as Tensor } : (given as Inputs);
      expect(await opened.distance(inputs, expected)).toBeLessThan(1e-5);
    }
    await opened.close();
  });
});
