import { createGenerator, tensor, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { crossEntropy, differentiate, Embedding, Linear, Module, orthogonal } from "./index.js";

class Tagger extends Module {
  embedding = new Embedding(5, 3);
  layers = [new Linear(3, 4), new Linear(4, 2, { bias: false })];

  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer) => layer.forward(h).tanh(), this.embedding.forward(x));
  }
}

describe("Module", () => {
  it("finds parameters by path", () => {
    expect([...new Tagger().parameters()].map(([name, { shape }]) => [name, shape])).toEqual([
      ["embedding.weight", [5, 3]],
      ["layers.0.weight", [4, 3]],
      ["layers.0.bias", [4]],
      ["layers.1.weight", [2, 4]],
    ]);
  });

  it("draws the same values from the same seed, whatever was used first", () => {
    const a = new Tagger().initialize({ seed: 3 });
    const b = new Tagger().initialize({ seed: 3 });
    void b.layers[1]?.weight.value;
    expect(a.embedding.weight.toTypedArray()).toEqual(b.embedding.weight.toTypedArray());
    expect(a.layers[1]?.weight.toTypedArray()).toEqual(b.layers[1]?.weight.toTypedArray());
  });

  it("lists every mismatch of a state dict at once and changes nothing", () => {
    const model = new Tagger().initialize({ seed: 1 });
    const before = model.embedding.weight.toTypedArray();
    const values = { ...model.stateDict(), "layers.0.bias": zeros([7]), extra: zeros([1]) };
    expect(() => model.loadStateDict(values)).toThrow("loadStateDict: layers.0.bias has shape [7], needs [4]; unexpected extra");
    expect(model.embedding.weight.toTypedArray()).toEqual(before);
  });

  it("carries a state dict over", () => {
    const from = new Tagger().initialize({ seed: 1 });
    const to = new Tagger().initialize({ seed: 2 }).loadStateDict(from.stateDict());
    const x = tensor([[0, 4]], { dtype: "int32" });
    expect(to.forward(x).toTypedArray()).toEqual(from.forward(x).toTypedArray());
  });

  it("sums up", () => {
    expect(new Tagger().summary().split("\n").at(-1)).toMatch(/^total +39$/);
  });
});

describe("differentiate", () => {
  it("agrees with differences of the loss, and leaves plain parameters behind", () => {
    const model = new Tagger().initialize({ seed: 4 });
    const x = tensor([[0, 4, 0]], { dtype: "int32" });
    const targets = tensor([[1, 0, 1]], { dtype: "int32" });
    const loss = (): Tensor => crossEntropy(model.forward(x), targets);
    const { gradients } = differentiate(model, loss);
    const weight = model.embedding.weight.toTypedArray();
    const at = (shift: number): number => {
      const moved = weight.slice();
      moved[1] = (moved[1] as number) + shift;
      model.embedding.weight.assign(tensor(Array.from(moved)).reshape([5, 3]));
      return loss().item();
    };
    const numeric = (at(1e-2) - at(-1e-2)) / 2e-2;
    expect(gradients["embedding.weight"]?.toTypedArray()[1]).toBeCloseTo(numeric, 3);
    expect(model.embedding.weight.value.interpreter.level).toBe(0);
  });
});

describe("crossEntropy", () => {
  it("is log(classes) for equal logits, and ignores masked steps", () => {
    const targets = tensor([0, 1], { dtype: "int32" });
    expect(crossEntropy(zeros([2, 4]), targets).item()).toBeCloseTo(Math.log(4), 6);
    const logits = tensor([
      [0, 0],
      [0, 50],
    ]);
    expect(crossEntropy(logits, tensor([0, 0], { dtype: "int32" }), { mask: tensor([true, false]) }).item()).toBeCloseTo(
      Math.log(2),
      6,
    );
  });
});

it("orthogonal gives W W^T = I", () => {
  const w = orthogonal([4, 7], createGenerator(2), "float64");
  const product = w.matmul(w.transpose()).toTypedArray();
  product.forEach((value, i) => expect(value).toBeCloseTo(i % 5 === 0 ? 1 : 0, 12));
});
