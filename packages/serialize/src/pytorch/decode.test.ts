import { readFileSync } from "node:fs";

import { gru, lstm, rnn, unroll } from "@unroll/cells";
import { Tensor } from "@unroll/tensor";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";

import { decodeSafetensors, SerializeError } from "../index.js";
import { decodePytorch, decodeStateDict } from "../pytorch.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../../fixtures/pytorch/${name}`, import.meta.url));
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) =>
      Tensor.isTensor(part) ? [part.dtype, part.shape, [...part.toTypedArray()]] : part,
    ),
  );

// A file around a pickle of one's own.
const archive = (pickle: Uint8Array | string, level: 0 | 9 = 0): Uint8Array =>
  zipSync(
    { "x/data.pkl": typeof pickle === "string" ? strToU8(pickle, true) : pickle, "x/data/0": new Uint8Array(16) },
    { level },
  );

describe("decodeStateDict", () => {
  it("takes an ArrayBuffer, and nothing but bytes", () => {
    const bytes = fixture("rnn.pt");
    expect(plain(decodeStateDict(Uint8Array.from(bytes).buffer))).toEqual(plain(decodeStateDict(bytes)));
    expect(() => decodePytorch("rnn.pt" as unknown as Uint8Array)).toThrow("read PyTorch: a file is given as a Uint8Array");
  });

  it.each(["rnn", "lstm", "gru", "rnn-2-bidirectional", "lstm-2-bidirectional", "gru-2-bidirectional", "classifier"])(
    "reads %s as the safetensors file has it",
    (name) =>
      expect(plain(decodeStateDict(fixture(`${name}.pt`)))).toEqual(
        plain(decodeSafetensors(fixture(`${name}.safetensors`)).tensors),
      ),
  );

  it("loads with no mapping", () => {
    for (const cell of [rnn, lstm, gru]) {
      const layer = unroll(cell, { inputSize: 3, hiddenSize: 4, layers: 2, direction: "bidirectional" });
      layer.loadStateDict(decodeStateDict(fixture(`${cell.name}-2-bidirectional.pt`)));
    }
  });

  it("takes one of several, and says which there are", () => {
    expect(Object.keys(decodeStateDict(fixture("training.pt"), { key: "model" }))).toContain("head.weight");
    expect(() => decodeStateDict(fixture("training.pt"))).toThrow('the file must be a dictionary of tensors; give key: "model"');
    expect(() => decodeStateDict(fixture("training.pt"), { key: "nothing" })).toThrow(/"nothing" must be a dictionary/);
  });
});

describe("decodePytorch", () => {
  it("reads views, shared blocks and every dtype", () => {
    expect(plain(decodePytorch(fixture("kinds.pt")))).toEqual({
      transposed: ["float32", [4, 3], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]],
      part: ["float32", [2, 2], [6, 7, 10, 11]],
      again: ["float32", [3, 4], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
      scalar: ["float32", [], [3.5]],
      empty: ["float32", [0, 3], []],
      double: ["float64", [2], [1.5, 0]],
      half: ["float32", [2], [1.5, -2]],
      bfloat: ["float32", [2], [1.5, -2]],
      long: ["int32", [2], [-5, 2 ** 31 - 1]],
      int: ["int32", [1], [7]],
      short: ["int32", [1], [-7]],
      byte: ["int32", [1], [255]],
      bool: ["bool", [2], [1, 0]],
    });
  });

  it("reads a training with its optimizer", () => {
    const training = plain(decodePytorch(fixture("training.pt"))) as { optimizer: { state: object } };
    expect(training).toMatchObject({
      epoch: 3,
      loss: 0.25,
      names: ["a", null, [1, true]],
      optimizer: { param_groups: [{ lr: 0.001, betas: [0.9, 0.999], params: [0, 1, 2, 3, 4, 5, 6] }] },
    });
    expect(Object.keys(training.optimizer.state)).toHaveLength(7);
  });

  it("reads a saved Parameter as its tensor", () => {
    expect(plain(decodePytorch(fixture("parameter.pt")))).toEqual({ weight: ["float32", [2], [1, 1]] });
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      "a whole module",
      fixture("whole-module.pt"),
      /got torch\.nn\.modules\.rnn\.LSTM at byte \d+ of the pickle; save model\.state_dict/,
    ],
    ["what would run code", archive("\x80\x02cos\nsystem\nX\x04\0\0\0echo\x85R."), /got os\.system/],
    ["the format before 1.6", fixture("legacy.pt"), /since 1\.6; load it in PyTorch and save it again/],
    ["other zip files", zipSync({ a: new Uint8Array(1) }, { level: 0 }), /must hold data\.pkl/],
    ["compressed archives", archive("\x80\x02" + "N0".repeat(100) + ".", 9), /must be stored uncompressed/],
    ["half a file", fixture("lstm.pt").subarray(0, 1000), /must be a whole zip archive/],
    ["half a pickle", archive("\x80\x02]q\0"), /the pickle ends early at byte/],
    ["unknown opcodes", archive("\x80\x02\xff."), /got opcode 255 at byte 2/],
    ["a cycle", archive("\x80\x02]q\0h\0a."), /100 deep/],
    ["attributes of a tensor", archive("\x80\x02N}b."), /only dictionaries may have attributes/],
    [
      "a block that is not there",
      archive(
        "\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x009X\x03\0\0\0cpuK\x01tQK\0))tR.",
      ),
      /block "9" must have 4 bytes, got 0/,
    ],
    [
      "a tensor outside its block",
      archive(
        "\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x04tQK\0K\x05\x85K\x01\x85tR.",
      ),
      /\[5\] must lie within its block of 4/,
    ],
    [
      "a tensor without end",
      archive(
        "\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x04tQK\0J\xff\xff\xff\x7f\x85K\0\x85tR.",
      ),
      /over 8 times the size of the file/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodePytorch(bytes)).toThrow(SerializeError);
    expect(() => decodePytorch(bytes)).toThrow(message);
  });

  it("converts what is shared once: 2 to the 60th lists take no time", () => {
    const doubled = Array.from(
      { length: 60 },
      (_, depth) => `q${String.fromCharCode(depth)}h${String.fromCharCode(depth)}\x86`,
    ).join("");
    expect(Array.isArray(decodePytorch(archive(`\x80\x02]${doubled}.`)))).toBe(true);
  });
});
