import { gru, gruCell, layerNormLstm, lstm, lstmCell, minGru, rnn, unroll, type Cell, type UnrollOptions } from "@unroll/cells";
import { Embedding, LayerNorm, Linear, Module } from "@unroll/nn";
import { createGenerator, fromTypedArray, normal, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { exportOnnx, importOnnx } from "../onnx.js";

const sequence = normal([3, 5, 4], { generator: createGenerator(1) });

class Classifier extends Module {
  readonly embedding = new Embedding(7, 4);
  readonly rnn;
  readonly norm = new LayerNorm(6);
  readonly head = new Linear(6, 2);
  constructor(cell: Cell) {
    super();
    this.rnn = unroll(cell, { inputSize: 4, hiddenSize: 6 });
  }
  forward(tokens: Tensor): { logits: Tensor; likely: Tensor } {
    const logits = this.head.forward(this.norm.forward(this.rnn.forward(this.embedding.forward(tokens)).last)).logSoftmax();
    return { logits, likely: logits.argmax({ axis: -1 }) };
  }
}

const expectClose = (actual: Tensor | undefined, expected: Tensor): void => {
  expect(actual?.shape).toEqual(expected.shape);
  expect(actual?.dtype).toBe(expected.dtype);
  expect(actual?.sub(expected).abs().max().item()).toBeLessThan(1e-5);
};

const operatorsIn = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

describe("exportOnnx", () => {
  const stacks: [string, Cell, Partial<UnrollOptions>, string | undefined][] = [
    ["rnn", rnn, {}, "RNN"],
    ["lstm", lstm, {}, "LSTM"],
    ["gru", gru, {}, "GRU"],
    ["lstm, reverse", lstm, { direction: "reverse" }, "LSTM"],
    ["gru, 2 layers in both directions", gru, { layers: 2, direction: "bidirectional" }, "GRU"],
    ["lstm, 2 layers in both directions", lstm, { layers: 2, direction: "bidirectional" }, "LSTM"],
    ["gru, added directions", gru, { direction: "bidirectional", merge: "sum" }, undefined],
    ["lstm, residual", lstm, { layers: 2, connection: "residual" }, undefined],
    ["lstm, learned initial state", lstm, { initialState: "learned" }, undefined],
    ["gru, reset before", gruCell({ resetAfter: false }), {}, undefined],
    ["lstm, peepholes and clip", lstmCell({ peephole: "diagonal", gateClip: 0.5 }), {}, undefined],
    ["layer-normalised lstm", layerNormLstm, {}, undefined],
    ["minGru", minGru, {}, undefined],
  ];

  it.each(stacks)("writes %s so that it comes back the same", (_, cell, options, opType) => {
    const layer = unroll(cell, { inputSize: 4, hiddenSize: 6, ...options }).initialize({ seed: 3 });
    const bytes = exportOnnx(layer, { x: sequence });
    const outputs = importOnnx(bytes).run({ x: sequence });
    const { output, last, state } = layer.forward(sequence);
    expectClose(outputs["output"], output);
    expectClose(outputs["last"], last);
    state.forEach((record, index) => {
      for (const [name, value] of Object.entries(record)) expectClose(outputs[`state.${index}.${name}`], value);
    });
    for (const name of ["RNN", "GRU", "LSTM"])
      expect(operatorsIn(bytes).includes(`"\x04${name}`) || operatorsIn(bytes).includes(`"\x03${name}`)).toBe(name === opType);
  });

  it.each([lstm, gru, rnn, minGru])("writes a whole classifier", (cell) => {
    const model = new Classifier(cell).initialize({ seed: 5 });
    const tokens = fromTypedArray(Int32Array.of(0, 1, 2, 6, 5, 4), [2, 3]);
    const imported = importOnnx(exportOnnx(model, { tokens }));
    expect([...imported.parameters().keys()]).toContain("head.weight");
    const outputs = imported.run({ tokens });
    expectClose(outputs["logits"], model.forward(tokens).logits);
    expectClose(outputs["likely"], model.forward(tokens).likely);
  });

  it("writes lengths and carried states", () => {
    class Carried extends Module {
      readonly rnn = unroll(lstm, { inputSize: 4, hiddenSize: 6 });
      forward(x: Tensor, h: Tensor, c: Tensor): object {
        const { output, state } = this.rnn.forward(x, { state: [{ h, c }], lengths: Int32Array.of(5, 2, 3) });
        return { output, state };
      }
    }
    const model = new Carried().initialize({ seed: 1 });
    const inputs = {
      x: sequence,
      h: normal([3, 6], { generator: createGenerator(2) }),
      c: normal([3, 6], { generator: createGenerator(3) }),
    };
    const outputs = importOnnx(exportOnnx(model, inputs, { opset: 14 })).run(inputs);
    const { output, state } = model.rnn.forward(sequence, {
      state: [{ h: inputs.h, c: inputs.c }],
      lengths: Int32Array.of(5, 2, 3),
    });
    expectClose(outputs["output"], output);
    expectClose(outputs["state.0.c"], state[0]?.["c"] as Tensor);
  });

  it("leaves the model as it was", () => {
    const layer = unroll(lstm, { inputSize: 4, hiddenSize: 6 });
    const before = layer.forward(sequence).output.toTypedArray();
    exportOnnx(layer, { x: sequence });
    expect(layer.forward(sequence).output.toTypedArray()).toEqual(before);
    expect(Object.hasOwn(layer, "forward")).toBe(false);
    expect(() => exportOnnx(layer.train(), { x: sequence })).toThrow(/call model\.evaluate\(\)/);
    expect(() => exportOnnx(layer.evaluate(), { x: sequence }, { opset: 9 })).toThrow(/14\.\.17, got 9/);
    expect(() => exportOnnx(new Sorter(), { x: zeros([2]) })).toThrow(/argsort has no counterpart/);
  });
});

class Sorter extends Module {
  forward(x: Tensor): Tensor {
    return x.argsort({ axis: 0 });
  }
}
