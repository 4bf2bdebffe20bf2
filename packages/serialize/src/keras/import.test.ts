import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Unrolled } from "@unroll/cells";
import { differentiate, type Parameter } from "@unroll/nn";
import { concat, ones, type Tensor } from "@unroll/tensor";
import { describe, expect, it, vi } from "vitest";

import { decodeSafetensors } from "../index.js";
import { importKeras, type KerasModel } from "../keras.js";
import { exportOnnx, importOnnx } from "../onnx.js";

const folder = fileURLToPath(new URL("../../fixtures/keras/", import.meta.url));
const read = (name: string): Uint8Array => readFileSync(folder + name);

// What Keras got and gave, in order; a stateful model was called three times.
const runOf = (name: string): { readonly inputs: Tensor[]; readonly calls: Tensor[][] } => {
  const { tensors } = decodeSafetensors(read(`${name}.run.safetensors`));
  const inputs: Tensor[] = [];
  const calls: Tensor[][] = [];
  for (const [key, value] of Object.entries(tensors)) {
    const [kind, number] = key.split(".") as [string, string];
    if (kind === "input") inputs[Number(number)] = value;
    else (calls[Math.floor(Number(number) / 100)] ??= [])[Number(number) % 100] = value;
  }
  return { inputs, calls };
};

const valuesOf = (model: KerasModel, inputs: readonly Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(model.inputs.map((name, index) => [name, inputs[index] as Tensor]));

const greatestError = (actual: readonly Tensor[], expected: readonly Tensor[]): number => {
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  return Math.max(
    ...actual.map((value, index) =>
      value
        .sub(expected[index] as Tensor)
        .abs()
        .max()
        .item(),
    ),
  );
};

const files = readdirSync(folder).filter((file) => file.endsWith(".keras") && !file.startsWith("unsupported"));

describe("importKeras", () => {
  it.each(files)("gives what Keras gives for %s", async (file) => {
    const model = await importKeras(read(file));
    const { inputs, calls } = runOf(file.slice(0, file.indexOf(".")));
    let state: Parameters<KerasModel["runWithState"]>[1];
    for (const expected of calls) {
      const result = model.runWithState(valuesOf(model, inputs), state);
      expect(greatestError(Object.values(result.outputs), expected)).toBeLessThan(1e-5);
      state = result.state;
    }
  });

  it.each(["lstm-no-bias", "gru-hard-sigmoid", "gru-reset-before"])("would see two gates exchanged in %s", async (name) => {
    const model = await importKeras(read(`${name}.keras`));
    const { inputs, calls } = runOf(name);
    const layer = [...model.layers.values()].find((part) => part instanceof Unrolled) as Unrolled;
    const weight = layer.tracks[0]?.parameters.get("weightIh") as Parameter;
    const gates = layer.cell.gates.map((_, gate) => gate);
    const blocks = weight.value.copy().split(gates.length, { axis: 0 });
    const errorWith = (order: readonly number[]): number => {
      weight.assign(
        concat(
          order.map((gate) => blocks[gate] as Tensor),
          { axis: 0 },
        ),
      );
      return greatestError(Object.values(model.run(valuesOf(model, inputs))), calls[0] ?? []);
    };
    expect(errorWith(gates)).toBeLessThan(1e-5);
    for (const first of gates) {
      for (const second of gates.slice(first + 1)) {
        expect(errorWith(gates.map((gate) => (gate === first ? second : gate === second ? first : gate)))).toBeGreaterThan(1e-2);
      }
    }
  });

  it("gives layers that learn, under their names", async () => {
    const model = await importKeras(read("classifier.keras"));
    expect([...model.parameters()].map(([name, { shape }]) => `${name} ${shape.join("x")}`)).toEqual([
      "embedding.weight 7x2",
      "bidirectional.weight_ih_l0 12x2",
      "bidirectional.weight_hh_l0 12x3",
      "bidirectional.bias_ih_l0 12",
      "bidirectional.weight_ih_l0_reverse 12x2",
      "bidirectional.weight_hh_l0_reverse 12x3",
      "bidirectional.bias_ih_l0_reverse 12",
      "gru.weight_ih_l0 9x6",
      "gru.weight_hh_l0 9x3",
      "gru.bias_ih_l0 9",
      "gru.bias_hh_l0 9",
      "layer_normalization.weight 3",
      "layer_normalization.bias 3",
      "dense.weight 2x3",
      "dense.bias 2",
    ]);
    const { inputs } = runOf("classifier");
    const { gradients } = differentiate(model, () =>
      model
        .forward(inputs[0] as Tensor)
        .square()
        .sum(),
    );
    for (const [name, parameter] of model.parameters()) {
      expect(gradients[name]?.shape).toEqual(parameter.shape);
      expect(gradients[name]?.abs().sum().item()).toBeGreaterThan(0);
    }
  });

  it("drops in training alone", async () => {
    const model = await importKeras(read("forecaster.keras"));
    const [x] = runOf("forecaster").inputs as [Tensor];
    const quiet = model.forward(x);
    expect(greatestError([model.train().forward(x)], [quiet])).toBeGreaterThan(1e-3);
    expect(greatestError([model.evaluate().forward(x)], [quiet])).toBe(0);
  });

  it("names inputs and outputs", async () => {
    const model = await importKeras(read("encoder-decoder.keras"));
    expect([model.inputs, model.outputs]).toEqual([
      ["source", "target"],
      ["head", "encoder", "encoder.1"],
    ]);
    expect(() => model.run({ source: ones([1, 6]) })).toThrow("run Keras: needs inputs source, target, got source");
    expect(() => model.forward(ones([1, 6]))).toThrow(/takes one input, needs source, target; call run/);
    const named = await importKeras(read("named.keras"));
    expect([named.inputs, named.outputs]).toEqual([
      ["first", "second"],
      ["left", "right"],
    ]);
    expect((await importKeras(read("bidirectional-none.keras"))).outputs).toEqual(["bidirectional"]);
  });

  it("names every layer it cannot do", async () => {
    await expect(importKeras(read("unsupported.keras"))).rejects.toThrow(
      'read Keras: these layers are not supported: BatchNormalization "batch_normalization", SeparableConv1D "separable_conv1d"; take them out',
    );
  });

  it("names the layer that cannot run", async () => {
    const model = await importKeras(read("forecaster.keras"));
    expect(() => model.forward(ones([1, 6, 5]))).toThrow('run Keras: "conv1d": Conv1d: needs [batch, time, 2], got [1, 6, 5]');
  });

  it("goes on to ONNX", async () => {
    const model = await importKeras(read("forecaster.keras"));
    const { inputs, calls } = runOf("forecaster");
    const x = inputs[0] as Tensor;
    const { output } = importOnnx(exportOnnx(model, { x })).run({ x });
    expect(greatestError([output as Tensor], calls[0] ?? [])).toBeLessThan(1e-5);
  });

  it("asks for h5wasm where it is missing", async () => {
    vi.doMock("h5wasm", () => {
      throw new Error("Cannot find package 'h5wasm'");
    });
    await expect(importKeras(read("rnn.keras"))).rejects.toThrow(
      "read Keras: HDF5 files need the package h5wasm, which is not installed; run npm install h5wasm",
    );
    vi.doUnmock("h5wasm");
  });
});
