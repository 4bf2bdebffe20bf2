import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { differentiate, Module } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { decodeSafetensors } from "../index.js";
import { exportOnnx, importOnnx, type OnnxModel } from "../onnx.js";

const folder = fileURLToPath(new URL("../../fixtures/onnx/", import.meta.url));
const files = ["torch/", "keras/"].flatMap((from) =>
  readdirSync(folder + from)
    .filter((file) => file.endsWith(".onnx"))
    .map((file) => from + file),
);

type Run = Readonly<Record<string, Tensor>>;

/** Inputs and outputs of each run, by name. */
function runsOf(file: string): Run[] {
  const { tensors } = decodeSafetensors(readFileSync(folder + file.replace(/-\d+\.onnx$/, ".run.safetensors")));
  const runs: Record<string, Tensor>[] = [];
  for (const [path, tensor] of Object.entries(tensors)) {
    const [index = "", name = ""] = path.split(".");
    (runs[Number(index)] ??= {})[name] = tensor;
  }
  return runs;
}

function expectRun(model: OnnxModel, run: Run): void {
  const outputs = model.run(run);
  for (const name of model.outputs) {
    expect(outputs[name]?.shape, name).toEqual(run[name]?.shape);
    expect(
      outputs[name]
        ?.sub(run[name] as Tensor)
        .abs()
        .max()
        .item(),
      name,
    ).toBeLessThan(1e-5);
  }
}

describe("models that PyTorch and Keras exported", () => {
  it.each(files)("gives what was given there for %s, at other sizes too", (file) => {
    const model = importOnnx(readFileSync(folder + file));
    const runs = runsOf(file);
    expect(runs.length).toBeGreaterThan(1);
    for (const run of runs) expectRun(model, run);
  });

  it.each(files)("gives gradients for every weight of %s", (file) => {
    const model = importOnnx(readFileSync(folder + file));
    const [run] = runsOf(file) as [Run];
    const [first] = model.outputs as [string];
    const { gradients } = differentiate(model, () => (model.run(run)[first] as Tensor).square().sum());
    const reached = [...model.parameters().keys()].filter((name) => (gradients[name]?.abs().sum().item() ?? 0) > 0);
    expect(reached.length).toBeGreaterThan(3);
  });

  it.each(files)("exports %s again", (file) => {
    const model = importOnnx(readFileSync(folder + file));
    const runs = runsOf(file);
    const [first] = runs as [Run];
    class Again extends Module {
      readonly model = model;
      forward(...inputs: Tensor[]): Run {
        return model.run(Object.fromEntries(model.inputs.map((name, index) => [name, inputs[index] as Tensor])));
      }
    }
    const examples = Object.fromEntries(model.inputs.map((name) => [name, first[name] as Tensor]));
    const again = importOnnx(exportOnnx(new Again(), examples));
    // A Loop is unrolled, and so counts along time, and half of an odd time is no multiple of it.
    const counts = readFileSync(folder + file).includes('"\x04Loop') || file.includes("last-step");
    for (const run of counts ? [first] : runs) expectRun(again, run);
  });
});
