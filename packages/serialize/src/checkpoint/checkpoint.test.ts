import { readFileSync } from "node:fs";

import { fromTypedArray, ones, zeros, type Tensor } from "@unroll/tensor";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { checkpointVersion, decodeCheckpoint, decodeSafetensors, encodeCheckpoint, encodeSafetensors } from "../index.js";

const training = {
  step: 12,
  epoch: 1,
  batch: 3,
  optimizer: { step: 12, slots: { m: { "head.weight": ones([2, 2]) }, v: { "head.weight": zeros([2, 2]) } } },
  carried: [{ h: fromTypedArray(Float32Array.of(0.5), [1, 1]), c: zeros([1, 1]) }, { h: zeros([1, 1]) }],
};
const whole = {
  model: { "rnn.weight_ih_l0": fromTypedArray(Float32Array.of(1, 2, 3, 4), [2, 2]) },
  training,
  vocabulary: ["a", "é", "\n", "\ud800"],
  config: { name: "tiny", dropout: false, best: Infinity, last: NaN, zero: -0, none: null, $tensor: "x", $$: { $number: "NaN" } },
  generators: { dropout: [1, -2, 3, 4] },
};

describe("encodeCheckpoint and decodeCheckpoint", () => {
  it("bring the tree back, tensors in their places", () => {
    const back = decodeCheckpoint(encodeCheckpoint(whole)) as unknown as typeof whole;
    const plain = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (_, part: unknown) =>
          isTensor(part) ? ["tensor", part.shape, part.dtype, ...part.toTypedArray()] : part,
        ),
      );
    expect(plain(back)).toEqual(plain(whole));
    expect(back.config.best).toBe(Infinity);
    expect(back.config.last).toBeNaN();
    expect(back.config.zero).toBe(-0);
  });

  it("read the file that version 1 wrote, and write it again byte for byte", () => {
    const bytes = readFileSync(new URL("../../fixtures/checkpoint/version-1.safetensors", import.meta.url));
    const tree = decodeCheckpoint(bytes) as unknown as typeof whole;
    expect([tree.config.best, tree.training.step, tree.model["rnn.weight_ih_l0"].shape]).toEqual([Infinity, 12, [2, 2]]);
    expect(checkpointVersion).toBe(1);
    expect(Buffer.from(encodeCheckpoint(tree)).equals(bytes)).toBe(true);
  });

  it("name tensors by dotted paths, apart even where two paths read the same", () => {
    const tree = { "a.b": ones([1]), a: { b: zeros([1]) }, __metadata__: zeros([2]) };
    const bytes = encodeCheckpoint(tree);
    expect(Object.keys(decodeSafetensors(bytes).tensors).sort()).toEqual(["__metadata__#2", "a.b", "a.b#2"]);
    const back = decodeCheckpoint(bytes) as unknown as typeof tree;
    expect([back["a.b"].item(), back.a.b.item(), back.__metadata__.shape]).toEqual([1, 0, [2]]);
    expect(Object.keys(decodeSafetensors(encodeCheckpoint(whole)).tensors)).toContain("training.optimizer.slots.m.head.weight");
  });

  it("keep __proto__ a name like any other and leave undefined out", () => {
    const back = decodeCheckpoint(encodeCheckpoint(JSON.parse('{"__proto__":{"polluted":1}}') as object));
    expect(Object.keys(back)).toEqual(["__proto__"]);
    expect((back as { polluted?: number }).polluted).toBeUndefined();
    expect(decodeCheckpoint(encodeCheckpoint({ carried: undefined }))).toEqual({});
  });

  it("say where a value is that no file can hold", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(() => encodeCheckpoint(cycle)).toThrow(/is it a cycle/);
    expect(() => encodeCheckpoint({ a: { loss: () => 1 } })).toThrow(
      "write checkpoint: values must be JSON or tensors, got function at a.loss",
    );
    expect(() => encodeCheckpoint({ map: new Map() })).toThrow(/got an instance of Map at map/);
    expect(() => encodeCheckpoint({ list: [undefined] })).toThrow(/got undefined at list.0/);
  });

  it("check what is read against a schema and give it its type", () => {
    const schema = v.object({ step: v.pipe(v.number(), v.integer()), model: v.record(v.string(), v.custom<Tensor>(isTensor)) });
    const { step, model } = decodeCheckpoint(encodeCheckpoint({ step: 2, model: { w: ones([1]) } }), { schema });
    expect([step + 1, model["w"]?.shape]).toEqual([3, [1]]);
    const read = (tree: object): unknown => decodeCheckpoint(encodeCheckpoint(tree), { schema });
    expect(() => read({ step: "2", model: { w: [1] } })).toThrow(
      'read checkpoint: the content does not fit: step: Invalid type: Expected number but received "2"; model.w: Invalid type',
    );
    expect(() => read({})).toThrow(expect.objectContaining({ code: "schema" }) as Error);
  });

  it("are read from an ArrayBuffer, and from nothing but bytes", () => {
    expect(decodeCheckpoint(encodeCheckpoint({ step: 3 }).slice().buffer)["step"]).toBe(3);
    const refused = (given: unknown): unknown => decodeCheckpoint(given as Uint8Array);
    expect(() => refused(new ArrayBuffer(20))).toThrow("read safetensors: the header must start with { at byte 8");
    expect(() => refused("x")).toThrow("a file is given as a Uint8Array or an ArrayBuffer, got string");
    expect(() => encodeCheckpoint(null as unknown as object)).toThrow("the tree must be a plain object, got null");
  });

  it("say what a schema is", () => {
    const read = (): unknown => decodeCheckpoint(encodeCheckpoint({}), v.object({}) as unknown as { schema: never });
    expect(read).toThrow("read checkpoint: schema must be one of valibot, zod or another library");
  });

  const written = (metadata: Record<string, string>): Uint8Array => encodeSafetensors({ x: zeros([1]) }, { metadata });
  const format = "unroll.checkpoint";
  it.each<[string, Uint8Array, string, RegExp]>([
    ["other files", encodeSafetensors({}), "format", /not a checkpoint; read it with decodeSafetensors/],
    [
      "newer versions",
      written({ format, version: "2", tree: "{}" }),
      "version",
      /up to 1, got version 2; update @unroll\/serialize/,
    ],
    ["broken versions", written({ format, tree: "{}" }), "format", /positive integer, got undefined/],
    ["broken trees", written({ format, version: "1", tree: "{" }), "format", /must be JSON/],
    ["trees that are lists", written({ format, version: "1", tree: "[]" }), "format", /must be an object/],
    ["tensors without a place", written({ format, version: "1", tree: "{}" }), "format", /got x without/],
    ["a place without tensor", written({ format, version: "1", tree: '{"a":{"$tensor":"y"}}' }), "format", /a refers to "y"/],
    [
      "deep nesting",
      written({ format, version: "1", tree: `{"x":${"[".repeat(5000)}${"]".repeat(5000)}}` }),
      "format",
      /100 deep/,
    ],
  ])("refuse %s", (_, bytes, code, message) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(message);
    expect(() => decodeCheckpoint(bytes)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "@unroll/tensor/1" in value;
}
