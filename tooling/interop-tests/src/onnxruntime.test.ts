import { lstm, minGru, unroll, type Unrolled } from "@unroll/cells";
import { Conv1d, Embedding, LayerNorm, Linear, Module } from "@unroll/nn";
import { exportOnnx, importOnnx } from "@unroll/serialize/onnx";
import { concat, createGenerator, fromTypedArray, normal, type Tensor } from "@unroll/tensor";
import { describe, expect, it, type TestContext } from "vitest";

import { cells, options, stackOf } from "./onnx-cases.js";
import { namedOutputs, openModel } from "./onnxruntime.js";

declare module "vitest" {
  interface TaskMeta {
    /** Largest distance from onnxruntime over some runs, and what the recurrence was written as. */
    interop?: { readonly distance: number; readonly runs: number; readonly operators: string };
  }
}

// Batch and time to run at; the files are written for the first.
const sizes = [
  [3, 5],
  [1, 1],
  [2, 9],
] as const;

const operatorsIn = (bytes: Uint8Array): string => {
  const text = new TextDecoder("latin1").decode(bytes);
  return ["RNN", "GRU", "LSTM", "Scan"].filter((name) => text.includes(`"${String.fromCharCode(name.length)}${name}`)).join(", ");
};

type Run = readonly [inputs: Readonly<Record<string, Tensor>>, expected: Readonly<Record<string, Tensor>>];

/** Runs a file on each of the inputs and expects what we get from them: outputs within 1e-5. */
async function expectSame({ task }: TestContext, bytes: Uint8Array, runs: readonly Run[]): Promise<void> {
  const model = await openModel(bytes);
  let distance = 0;
  for (const [inputs, expected] of runs) distance = Math.max(distance, await model.distance(inputs, expected));
  await model.close();
  const before = task.meta.interop ?? { distance: 0, runs: 0 };
  task.meta.interop = {
    distance: Math.max(distance, before.distance),
    runs: runs.length + before.runs,
    operators: operatorsIn(bytes),
  };
  expect(distance).toBeLessThan(1e-5);
}

async function tryStack(context: TestContext, layer: Unrolled): Promise<void> {
  const { timeMajor = false, dtype = "float32" } = layer.options;
  const draws = sizes.map(([batch, time]) =>
    normal(timeMajor ? [time, batch, 4] : [batch, time, 4], { generator: createGenerator(batch), dtype }),
  );
  const runs = draws.map((x): Run => [{ x }, namedOutputs(layer.forward(x))]);
  await expectSame(context, exportOnnx(layer, { x: draws[0] as Tensor }), runs);
}

class Masked extends Module {
  readonly rnn: Unrolled;
  constructor(rnn: Unrolled) {
    super();
    this.rnn = rnn;
  }
  forward(x: Tensor, mask: Tensor): object {
    const { output, last, state } = this.rnn.forward(x, { mask });
    return { output, last, state };
  }
}

describe("a model of ours in onnxruntime", () => {
  describe.each([
    ["one layer", {}],
    ["two layers, both directions", { layers: 2, direction: "bidirectional" }],
  ] as const)("%s", (_, stack) => {
    it.for(cells)("%s", ([, cell], context) => tryStack(context, stackOf(cell, stack)));
  });

  describe.each([
    ["lstm", lstm],
    ["minGru", minGru],
  ] as const)("%s, one by one", (_, cell) => {
    it.for(options)("%s", ([, own], context) => tryStack(context, stackOf(cell, own)));
  });

  describe.each([
    ["lstm", lstm],
    ["minGru", minGru],
  ] as const)("%s, padded", (_, cell) => {
    it.for([
      ["mask as an input", {}],
      ["mask, both directions", { layers: 2, direction: "bidirectional" }],
      ["mask, padding repeats", { layers: 2, direction: "bidirectional", paddedOutput: "repeat" }],
      ["mask, residual", { layers: 3, connection: "residual", direction: "reverse" }],
    ] as const)("%s", async ([, own], context) => {
      const layer = stackOf(cell, own);
      const draw = (batch: number, time: number): { x: Tensor; mask: Tensor } => ({
        x: normal([batch, time, 4], { generator: createGenerator(5) }),
        // The first row has no real step at all.
        mask: fromTypedArray(
          Int32Array.from({ length: batch * time }, (_step, at) => Number(at >= time && (at * 7) % 5 < 3)),
          [batch, time],
        ).cast("bool"),
      });
      const runs = sizes.map(([batch, time]): Run => {
        const inputs = draw(batch, time);
        return [inputs, namedOutputs(layer.forward(inputs.x, { mask: inputs.mask }))];
      });
      await expectSame(context, exportOnnx(new Masked(layer), draw(...sizes[0])), runs);
    });

    it.for([
      ["lengths and a carried state", [5, 2, 3]],
      ["lengths, one of them 0", [5, 0, 3]],
    ] as const)("%s", async ([, counts], context) => {
      const layer = stackOf(cell, { layers: 2, direction: "bidirectional" });
      const lengths = Int32Array.from(counts);
      const generator = createGenerator(6);
      const start = layer
        .zeroState(3)
        .map((state) =>
          Object.fromEntries(Object.entries(state).map(([name, { shape }]) => [name, normal(shape, { generator })])),
        );
      const inputs: Record<string, Tensor> = { x: normal([3, 5, 4], { generator }) };
      start.forEach((state, index) => {
        for (const [name, value] of Object.entries(state)) inputs[`${name}.${index}`] = value;
      });
      class Carried extends Module {
        readonly rnn = layer;
        forward(x: Tensor, ...states: Tensor[]): object {
          const rest = [...states];
          const state = start.map((own) => Object.fromEntries(Object.keys(own).map((name) => [name, rest.shift() as Tensor])));
          const { output, last, state: next } = this.rnn.forward(x, { state, lengths });
          return { output, last, state: next };
        }
      }
      const expected = namedOutputs(layer.forward(inputs["x"] as Tensor, { state: start, lengths }));
      await expectSame(context, exportOnnx(new Carried(), inputs), [[inputs, expected]]);
    });
  });

  it("classifies the same at any size, and so does what comes back from it", async (context) => {
    class Classifier extends Module {
      readonly embedding = new Embedding(7, 4);
      readonly conv = new Conv1d({ inputSize: 4, outputSize: 4, kernelSize: 3 });
      readonly rnn = unroll(lstm, { inputSize: 4, hiddenSize: 6, direction: "bidirectional" });
      readonly own = stackOf(minGru);
      readonly norm = new LayerNorm(18);
      readonly head = new Linear(18, 3);
      forward(tokens: Tensor): { probabilities: Tensor; likely: Tensor } {
        const mask = tokens.greater(0);
        const features = this.conv.forward(this.embedding.forward(tokens)).relu();
        const { last } = this.own.forward(features, { mask });
        const { output } = this.rnn.forward(features, { mask });
        const all = concat([last, output.mean({ axes: 1 })], { axis: 1 });
        const probabilities = this.head.forward(this.norm.forward(all)).softmax();
        return { probabilities, likely: probabilities.argmax({ axis: -1 }) };
      }
    }
    const model = new Classifier().initialize({ seed: 5 });
    const short = fromTypedArray(Int32Array.of(0, 1, 2, 6, 5, 4), [2, 3]);
    const long = fromTypedArray(Int32Array.of(1, 2, 3, 4, 5, 6, 1, 0), [1, 8]);
    const bytes = exportOnnx(model, { tokens: short });

    const imported = importOnnx(bytes);
    class Again extends Module {
      readonly model = imported;
      forward(tokens: Tensor): Record<string, Tensor> {
        return this.model.run({ tokens });
      }
    }
    const runs = [short, long].map((tokens): Run => [{ tokens }, { ...model.forward(tokens) }]);
    await expectSame(context, bytes, runs);
    await expectSame(context, exportOnnx(new Again(), { tokens: short }), runs);
  });
});
