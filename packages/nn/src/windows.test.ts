import { concat, createGenerator, normal, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { Conv1d, MixerBlock, TcnBlock } from "./index.js";

const sequence = (...shape: number[]): Tensor => normal(shape, { generator: createGenerator(5) });
const flat = (x: Tensor): number[] => Array.from(x.toTypedArray());

describe("causal layers", () => {
  const layers = [
    ["Conv1d", new Conv1d({ inputSize: 2, outputSize: 3, kernelSize: 3, dilation: 2 })],
    ["TcnBlock", new TcnBlock({ inputSize: 2, outputSize: 3, dilation: 2 })],
  ] as const;

  it.each(layers)("%s sees its receptive field and nothing later", (_, layer) => {
    layer.initialize({ seed: 1 });
    const field = layer.receptiveField;
    const x = sequence(1, 20, 2);
    const time = 15;
    const before = flat(layer.forward(x).slice({ axis: 1, start: time, stop: time + 1 }));
    const changedAt = (t: number): number[] => {
      const changed = concat(
        [x.slice({ axis: 1, stop: t }), x.slice({ axis: 1, start: t, stop: t + 1 }).add(3), x.slice({ axis: 1, start: t + 1 })],
        {
          axis: 1,
        },
      );
      return flat(layer.forward(changed).slice({ axis: 1, start: time, stop: time + 1 }));
    };
    expect(changedAt(time + 1)).toEqual(before);
    expect(changedAt(time - field)).toEqual(before);
    expect(changedAt(time)).not.toEqual(before);
    if (field <= 5) expect(changedAt(time - field + 1)).not.toEqual(before);
  });

  it.each(layers)("%s takes an empty batch, batch 1 and a single step", (_, layer) => {
    expect(layer.forward(zeros([0, 4, 2])).shape).toEqual([0, 4, 3]);
    expect(layer.forward(zeros([1, 1, 2])).shape).toEqual([1, 1, 3]);
  });

  it("keeps NaN to the outputs that read it", () => {
    const layer = new Conv1d({ inputSize: 1, outputSize: 1, kernelSize: 2 }).initialize({ seed: 1 });
    const x = concat([zeros([1, 2, 1]), zeros([1, 1, 1]).add(NaN), zeros([1, 2, 1])], { axis: 1 });
    expect(flat(layer.forward(x)).map(Number.isNaN)).toEqual([false, false, true, true, false]);
  });
});

describe("Conv1d", () => {
  it("pads as asked", () => {
    const shape = (padding: "causal" | "same" | "none"): readonly number[] =>
      new Conv1d({ inputSize: 2, outputSize: 3, kernelSize: 4, dilation: 2, padding }).forward(zeros([1, 9, 2])).shape;
    expect([shape("causal"), shape("same"), shape("none")]).toEqual([
      [1, 9, 3],
      [1, 9, 3],
      [1, 3, 3],
    ]);
  });

  it("explains what does not fit", () => {
    const layer = new Conv1d({ inputSize: 2, outputSize: 3, kernelSize: 4, padding: "none" });
    expect(() => layer.forward(zeros([1, 9, 3]))).toThrow("Conv1d: needs [batch, time, 2], got [1, 9, 3]");
    expect(() => layer.forward(zeros([1, 2, 2]))).toThrow("Conv1d: needs at least 3 steps, got 2; pad the sequence");
    expect(() => new Conv1d({ inputSize: 2, outputSize: 3, kernelSize: 2, padding: "valid" as "none" })).toThrow(
      "Conv1d: padding must be one of causal, same, none, got valid",
    );
    expect(() => new Conv1d({ inputSize: 2, outputSize: 3, kernelSize: 0 })).toThrow("kernelSize must be an integer >= 1, got 0");
  });
});

describe("TcnBlock", () => {
  it("drops whole features while training, the same from the same seed", () => {
    const run = (): number[] =>
      flat(
        new TcnBlock({ inputSize: 2, outputSize: 2, dropout: 0.5 })
          .initialize({ seed: 3 })
          .train()
          .forward(sequence(2, 6, 2)),
      );
    expect(run()).toEqual(run());
  });
});

describe("MixerBlock", () => {
  it("keeps the shape, sees every step, takes an empty batch", () => {
    const block = new MixerBlock({ time: 5, features: 3 }).initialize({ seed: 1 });
    const x = sequence(2, 5, 3);
    const first = (y: Tensor): number[] => flat(y.slice({ axis: 1, stop: 1 }));
    const changed = concat([x.slice({ axis: 1, stop: 4 }), sequence(2, 1, 3)], { axis: 1 });
    expect(block.forward(x).shape).toEqual([2, 5, 3]);
    expect(first(block.forward(changed))).not.toEqual(first(block.forward(x)));
    expect(block.forward(zeros([0, 5, 3])).shape).toEqual([0, 5, 3]);
    for (const shape of [
      [2, 4, 3],
      [2, 5, 2],
      [5, 3],
    ])
      expect(() => block.forward(zeros(shape))).toThrow(`MixerBlock: needs [batch, 5, 3], got [${shape.join(", ")}]`);
  });
});
