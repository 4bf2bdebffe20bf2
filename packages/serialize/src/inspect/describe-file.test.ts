import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ones } from "@unroll/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { inspectFile } from "../inspect.js";
import { saveCheckpoint } from "../node.js";

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "unroll-serialize-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("inspectFile", () => {
  it("lists a checkpoint", async () => {
    const path = join(folder, "checkpoint.safetensors");
    await saveCheckpoint(path, {
      step: 3,
      vocabulary: ["a", "b"],
      model: { "head.weight": ones([20, 30]) },
      long: "x".repeat(200),
    });
    expect(await inspectFile(path)).toBe(
      [
        "checkpoint of version 1",
        "step: 3",
        'vocabulary: ["a","b"]',
        'model: {"head.weight":{"$tensor":"model.head.weight"}}',
        `long: "${"x".repeat(99)}… (202 characters)`,
        "model.head.weight  F32  [20, 30]  2.4 kB",
        "1 tensors                         2.4 kB",
      ].join("\n"),
    );
  });

  it("lists what others wrote", async () => {
    expect(await inspectFile(fixture("pytorch/rnn.safetensors"))).toMatch(
      /^safetensors\nformat: "pt"\n.*weight_ih_l0 +F32 +\[4, 3\] +48 B\n4 tensors +144 B$/s,
    );
    expect(await inspectFile(fixture("pytorch/training.pt"))).toMatch(
      /^PyTorch\nepoch: 3\nloss: 0.25\n.*model\.rnn\.weight_ih_l0 +float32 +\[16, 3\]/s,
    );
    expect(await inspectFile(fixture("onnx/lstm-forward.onnx"))).toMatch(
      /^ONNX\ninputs: X\noutputs: Y, Y_h, Y_c\nW +float32 +\[1, 12, 2\] +96 B/,
    );
  });

  it("lists what Keras wrote", async () => {
    expect(await inspectFile(fixture("keras/lstm-mask.keras"))).toBe(
      [
        "Keras 3.15.1",
        'model: Sequential "sequential"',
        "inputs: input_layer",
        'layers: Embedding "embedding", LSTM "lstm"',
        "layers/embedding/vars/0  float32  [7, 2]   56 B",
        "layers/lstm/cell/vars/0  float32  [2, 12]  96 B",
        "layers/lstm/cell/vars/1  float32  [3, 12]  144 B",
        "layers/lstm/cell/vars/2  float32  [12]     48 B",
        "4 tensors                                  344 B",
      ].join("\n"),
    );
    expect(await inspectFile(fixture("keras/classifier.weights.h5"))).toMatch(
      /^HDF5\nlayers\/bidirectional\/backward_layer\/cell\/vars\/0 +float32 +\[2, 12\]/,
    );
  });

  it("says what is wrong, where and in which file", async () => {
    const path = join(folder, "broken.safetensors");
    await writeFile(path, "not a file of ours");
    await expect(inspectFile(path)).rejects.toThrow(/^inspect: .*broken\.safetensors: .*at most 100000000 bytes/);
    await expect(inspectFile(fixture("pytorch/whole-module.pt"))).rejects.toThrow(/torch\.nn\.modules\.rnn\.LSTM at byte/);
    await expect(inspectFile(join(folder, "none"))).rejects.toThrow(/there is no such file/);
  });
});
