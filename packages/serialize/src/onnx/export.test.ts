import { gru, lstm, minGru, rnn, unroll, type Cell } from "@unroll/cells";
import { Conv1d, Embedding, LayerNorm, Linear, Module } from "@unroll/nn";
import { arange, createGenerator, fromTypedArray, normal, where, zeros, type Tensor } from "@unroll/tensor";
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

describe("exportOnnx", () => {
  it.each([lstm, gru, rnn, minGru])("writes a whole classifier", (cell) => {
    const model = new Classifier(cell).initialize({ seed: 5 });
    const tokens = fromTypedArray(Int32Array.of(0, 1, 2, 6, 5, 4), [2, 3]);
    const imported = importOnnx(exportOnnx(model, { tokens }));
    expect([...imported.parameters().keys()]).toContain("head.weight");
    const outputs = imported.run({ tokens });
    expectClose(outputs["logits"], model.forward(tokens).logits);
    expectClose(outputs["likely"], model.forward(tokens).likely);
  });

  it("lets what the model allows vary, and says where it does not", () => {
    class Pooled extends Module {
      readonly conv = new Conv1d({ inputSize: 4, outputSize: 5, kernelSize: 3, padding: "none" });
      forward(x: Tensor): Tensor {
        return this.conv.forward(x).mean({ axes: 1 });
      }
    }
    class Looping extends Module {
      forward(x: Tensor): Tensor {
        return x.unstack({ axis: 1 }).reduce((sum, step) => sum.mul(0.5).add(step));
      }
    }
    class Weighted extends Module {
      forward(x: Tensor, lengths: Tensor): Tensor {
        const time = x.shape[1] as number;
        const real = arange(time).less(lengths.unsqueeze({ axis: 1 }));
        const sums = where(real.unsqueeze({ axis: 2 }), x, 0).sum({ axes: 1 });
        return sums.add(arange(time).flip({ axis: 0 }).take(lengths.sub(1), { axis: 0 }).unsqueeze({ axis: 1 })).div(time);
      }
    }
    const lengths = fromTypedArray(Int32Array.of(2, 5, 1), [3]);
    const weighted = importOnnx(exportOnnx(new Weighted(), { x: sequence, lengths }));
    const two = { x: normal([2, 9, 4], { generator: createGenerator(8) }), lengths: fromTypedArray(Int32Array.of(9, 3), [2]) };
    expectClose(weighted.run(two)["output"], new Weighted().forward(two.x, two.lengths));

    const pooled = new Pooled().initialize({ seed: 1 });
    const looping = new Looping();
    const longer = normal([2, 8, 4], { generator: createGenerator(4) });
    expectClose(importOnnx(exportOnnx(pooled, { x: sequence })).run({ x: longer })["output"], pooled.forward(longer));
    const five = longer.slice({ axis: 1, stop: 5 });
    expectClose(importOnnx(exportOnnx(looping, { x: sequence })).run({ x: five })["output"], looping.forward(five));
    expect(() => exportOnnx(looping, { x: sequence }, { dynamicAxes: { x: { 1: "time" } } })).toThrow(
      /must be the same at every length of a dynamic axis/,
    );
    expect(() => exportOnnx(looping, { x: sequence }, { dynamicAxes: { y: { 0: "batch" } } })).toThrow(/axis 0 of y/);
    expect(() => exportOnnx(looping, { x: sequence }, { dynamicAxes: { x: { 0: "n", 1: "n" } } })).toThrow(
      /each name for one length/,
    );
  });

  it("keeps names apart", () => {
    class Echo extends Module {
      readonly norm = new LayerNorm(4);
      forward(x: Tensor): object {
        return { y: this.norm.forward(x), norm: { weight: x.neg() } };
      }
    }
    expect(() => exportOnnx(new Echo(), { x: sequence })).toThrow(/different names, got norm\.weight twice/);
    expect(() => exportOnnx(new Echo(), { "norm.bias": sequence })).toThrow(/name of a parameter, got norm\.bias/);
    expect(() => exportOnnx(new Echo(), { y: sequence })).toThrow(/different names, got y twice/);
  });

  it("refuses to bake elements into a graph", () => {
    class Reading extends Module {
      forward(x: Tensor): Tensor {
        return x.sum().item() > 0 ? x : x.neg();
      }
    }
    expect(() => exportOnnx(new Reading(), { x: sequence })).toThrow(/must not read elements/);
  });

  it("leaves the model as it was", () => {
    const layer = unroll(lstm, { inputSize: 4, hiddenSize: 6 });
    const before = layer.forward(sequence).output.toTypedArray();
    exportOnnx(layer, { x: sequence });
    expect(layer.forward(sequence).output.toTypedArray()).toEqual(before);
    expect(Object.hasOwn(layer, "forward")).toBe(false);
    expect(() => exportOnnx(layer.train(), { x: sequence })).toThrow(/call model\.evaluate\(\)/);
    expect(() => exportOnnx(layer.evaluate(), { x: sequence }, { opset: 9 })).toThrow(/14\.\.22, got 9/);
    expect(() => exportOnnx(new Scattering(), { x: zeros([2]) })).toThrow(/scatterAdd has no counterpart/);
  });
});

class Scattering extends Module {
  forward(x: Tensor): Tensor {
    return x.scatterAdd(arange(1), x.slice({ axis: 0, stop: 1 }), { axis: 0 });
  }
}
