import { decodeSafetensors } from "@unroll/serialize";
import { exportOnnx, importOnnx, type OnnxModel } from "@unroll/serialize/onnx";
import { Module } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { openModel } from "./onnxruntime.js";

// As data URLs, so that the tests read them in Node and in a browser.
const files = import.meta.glob<string>("../../../packages/serialize/fixtures/onnx/{*,torch/*,keras/*}.{onnx,safetensors}", {
  query: "?inline",
  import: "default",
  eager: true,
});

const bytesOf = (path: string): Uint8Array => {
  const url = files[path] ?? "";
  return Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
};

class Wrapped extends Module {
  readonly model: OnnxModel;
  constructor(model: OnnxModel) {
    super();
    this.model = model;
  }
  forward(...inputs: Tensor[]): Readonly<Record<string, Tensor>> {
    return this.model.run(Object.fromEntries(this.model.inputs.map((name, index) => [name, inputs[index] as Tensor])));
  }
}

describe("a file of others, imported and exported again, in onnxruntime", () => {
  const cases = Object.keys(files).filter((path) => path.endsWith(".onnx"));
  it.each(cases.map((path) => [path.split("/onnx/").at(-1), path] as const))("%s", async (_, path) => {
    const { tensors } = decodeSafetensors(bytesOf(path.replace(/(-\d+)?\.onnx$/, ".run.safetensors")));
    // Of several runs, the one at the size of the file.
    const run = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name.replace(/^0\./, ""), tensor]));
    const model = importOnnx(bytesOf(path));
    const inputs = Object.fromEntries(model.inputs.map((name) => [name, run[name] as Tensor]));
    const again = await openModel(exportOnnx(new Wrapped(model), inputs));
    const outputs = Object.fromEntries(model.outputs.map((name) => [name, run[name] as Tensor]));
    expect(await again.distance(inputs, outputs)).toBeLessThan(1e-5);
    await again.close();
  });
});
