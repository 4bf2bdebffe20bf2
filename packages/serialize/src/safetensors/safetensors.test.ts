import { runInNewContext } from "node:vm";

import { createGenerator, fromTypedArray, normal, zeros, type Tensor } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { decodeSafetensors, encodeSafetensors, SerializeError } from "../index.js";

function file(header: unknown, data: Uint8Array | number = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const body = typeof data === "number" ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.byteLength + body.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.byteLength);
  return bytes;
}

const f32 = (begin: number, end: number): object => ({ dtype: "F32", shape: [(end - begin) / 4], data_offsets: [begin, end] });
const one = (dtype: string, data: ArrayBufferView<ArrayBuffer>, length: number): Tensor => {
  const bytes = new Uint8Array(data.buffer);
  const { tensors } = decodeSafetensors(file({ x: { dtype, shape: [length], data_offsets: [0, bytes.byteLength] } }, bytes));
  return tensors["x"] as Tensor;
};

describe("encodeSafetensors and decodeSafetensors", () => {
  it("bring every dtype, rank 0 and empty tensors back bit for bit", () => {
    const odd = new Float32Array(Uint32Array.of(0x7fc00001, 0x80000000, 0x00000001, 0xff800000).buffer);
    const tensors = {
      "rnn.weight": normal([3, 4], { generator: createGenerator(1) }),
      "odd floats": fromTypedArray(odd, [2, 2]),
      double: fromTypedArray(Float64Array.of(Math.PI, -0, NaN), [3]),
      whole: fromTypedArray(Int32Array.of(-(2 ** 31), 2 ** 31 - 1), [2, 1]),
      mask: fromTypedArray(Uint8Array.of(1, 0, 1), [3]),
      scalar: fromTypedArray(Float32Array.of(7), []),
      empty: zeros([0, 5]),
      ["__proto__"]: zeros([1]),
      "": zeros([1]),
      ключ: zeros([1]),
    };
    const back = decodeSafetensors(encodeSafetensors(tensors, { metadata: { format: "pt" } }));
    expect(Object.getPrototypeOf(back.tensors)).toBeNull();
    expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, tensor] of Object.entries<Tensor>(tensors)) {
      const read = back.tensors[name] as Tensor;
      expect([name, read.dtype, read.shape]).toEqual([name, tensor.dtype, tensor.shape]);
      expect(new Uint8Array(read.toTypedArray().buffer)).toEqual(new Uint8Array(tensor.toTypedArray().buffer));
    }
    expect({ ...back.metadata }).toEqual({ format: "pt" });
  });

  it("write views in row-major order", () => {
    const x = fromTypedArray(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]).transpose();
    const { tensors } = decodeSafetensors(encodeSafetensors({ x }));
    expect([...(tensors["x"] as Tensor).toTypedArray()]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it("lay the widest elements first, then by name, on 8-byte boundaries", () => {
    const bytes = encodeSafetensors({
      b: zeros([1]),
      mask: zeros([3], { dtype: "bool" }),
      a: zeros([1]),
      z: zeros([1], { dtype: "float64" }),
    });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(length % 8).toBe(0);
    expect(Object.keys(JSON.parse(header) as object)).toEqual(["z", "a", "b", "mask"]);
  });

  it("read from any byte offset", () => {
    const bytes = encodeSafetensors({ x: fromTypedArray(Float64Array.of(1.5, 2.5), [2]) });
    const shifted = new Uint8Array(bytes.byteLength + 3);
    shifted.set(bytes, 3);
    for (const whole of [shifted, Buffer.from(shifted.buffer)]) {
      expect([...(decodeSafetensors(whole.subarray(3)).tensors["x"] as Tensor).toTypedArray()]).toEqual([1.5, 2.5]);
    }
  });

  it("widen half floats exactly", () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x8000, 0x7c00, 0x7e00, 0x7bff);
    expect([...one("F16", halves, 7).toTypedArray()]).toEqual([1, -2, 2 ** -24, -0, Infinity, NaN, 65504]);
    expect([...one("BF16", Uint16Array.of(0x3f80, 0xc000, 0x7f80), 3).toTypedArray()]).toEqual([1, -2, Infinity]);
  });

  it("read other integers as int32, checked", () => {
    expect(one("U8", Uint8Array.of(0, 255), 2).dtype).toBe("int32");
    expect([...one("I8", Int8Array.of(-1, 3), 2).toTypedArray()]).toEqual([-1, 3]);
    expect([...one("I64", BigInt64Array.of(-5n, 2n ** 31n - 1n), 2).toTypedArray()]).toEqual([-5, 2 ** 31 - 1]);
    expect(() => one("I64", BigInt64Array.of(1n, 2n ** 31n), 2)).toThrow(
      'read "x": integers must fit in int32, got 2147483648 at element 1',
    );
    expect(() => one("U32", Uint32Array.of(2 ** 31), 1)).toThrow(/fit in int32/);
    expect(() => one("BOOL", Uint8Array.of(1, 2), 2)).toThrow(/booleans must be 0 or 1, got 2 at element 1/);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /8-byte header length, got 0 bytes/],
    ["a header longer than the file", file({ a: f32(0, 4) }, 4).subarray(0, 20), /the header must end within the file/],
    ["a huge header", Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0), /at most 100000000 bytes, got 4294967296/],
    ["another kind of header", file("[]"), /must start with \{/],
    ["broken JSON", file("{"), /must be UTF-8 JSON/],
    ["broken UTF-8", file({ a: 1 }).map((byte) => (byte === 0x61 ? 0xff : byte)), /must be UTF-8 JSON/],
    ["a name twice", file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{}}'), /got "a" twice/],
    ["a hole", file({ a: f32(0, 4), b: f32(8, 12) }, 12), /got "b" at byte \d+ instead of/],
    ["an overlap", file({ a: f32(0, 8), b: f32(4, 12) }, 12), /without holes or overlap/],
    ["missing data", file({ a: f32(0, 8) }, 4), /truncated or has something appended/],
    ["appended data", file({ a: f32(0, 4) }, 5), /truncated or has something appended/],
    ["the wrong size", file({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, 8), /needs 12 bytes, got 8/],
    ["a negative size", file({ a: { dtype: "F32", shape: [-1], data_offsets: [0, 4] } }, 4), /list of integers >= 0/],
    ["a fraction", file({ a: { dtype: "F32", shape: [0.5, 2], data_offsets: [0, 4] } }, 4), /list of integers >= 0/],
    [
      "an overflow",
      file({ a: { dtype: "F32", shape: [2 ** 31, 2 ** 31, 0], data_offsets: [0, 0] } }),
      /more elements than can be counted/,
    ],
    ["too many axes", file({ a: { dtype: "F32", shape: new Array(65).fill(1), data_offsets: [0, 4] } }, 4), /at most 64 axes/],
    ["an unknown dtype", file({ a: { dtype: "F8_E4M3", shape: [1], data_offsets: [0, 1] } }, 1), /got F8_E4M3/],
    ["metadata that is no text", file({ __metadata__: { step: 1 } }), /metadata must be strings, got number at "step"/],
    ["an entry that is no object", file({ a: null }), /"a" must be an object/],
  ])("refuse %s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SerializeError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it("refuse to write what no reader could read", () => {
    expect(() => encodeSafetensors({ __metadata__: zeros([1]) })).toThrow(/reserved; rename/);
    expect(() => encodeSafetensors({ "\ud800": zeros([1]) })).toThrow(/well-formed Unicode/);
    expect(() => encodeSafetensors({}, { metadata: { step: 1 as unknown as string } })).toThrow(/metadata must be strings/);
  });

  it("take an ArrayBuffer, as fetch gives it, and bytes of another realm", () => {
    const bytes = encodeSafetensors({ x: fromTypedArray(Float32Array.of(1, 2), [2]) });
    const elsewhere = runInNewContext("new Uint8Array(bytes)", { bytes: [...bytes] }) as Uint8Array;
    expect(elsewhere instanceof Uint8Array).toBe(false);
    for (const given of [bytes.slice().buffer, elsewhere])
      expect([...(decodeSafetensors(given).tensors["x"] as Tensor).toTypedArray()]).toEqual([1, 2]);
  });

  it.each([
    ["a path", "weights.safetensors", "got string"],
    ["nothing", undefined, "got undefined"],
    ["null", null, "got null"],
    ["a list", [1, 2], "got an instance of Array"],
    ["a blob", new Blob([]), "got an instance of Blob"],
  ])("refuse %s for a file", (_, given, got) => {
    const read = (): unknown => decodeSafetensors(given as unknown as Uint8Array);
    expect(read).toThrow(`read safetensors: a file is given as a Uint8Array or an ArrayBuffer, ${got}; read it first`);
    expect(read).toThrow(SerializeError);
  });

  const map: unknown = new Map([["w", zeros([1])]]);
  it.each<[string, unknown, string]>([
    ["a Map", map, "tensors must be a plain object of them by name, got an instance of Map; Object.fromEntries(map)"],
    ["null", null, "tensors must be a plain object of them by name, got null"],
    ["a list", [zeros([1])], "got an instance of Array"],
    ["a tensor alone", zeros([1]), "tensors must be a plain object of them by name, got an instance of"],
    ["a typed array", { w: new Float32Array(2) }, 'must be a tensor, got an instance of Float32Array at "w"; make one'],
    ["a number", { w: 1 }, 'every value must be a tensor, got number at "w"'],
    ["a record in it", { w: Object.create(null) as object }, 'every value must be a tensor, got an object at "w"'],
    ["a null in it", { w: null }, 'every value must be a tensor, got null at "w"'],
  ])("refuse to write %s", (_, tensors, message) => {
    const write = (): unknown => encodeSafetensors(tensors as Record<string, Tensor>);
    expect(write).toThrow(message);
    expect(write).toThrow(SerializeError);
  });

  it("refuse metadata that is no object", () => {
    for (const [metadata, got] of [
      ["pt", "string"],
      [null, "null"],
      [new Map(), "an instance of Map"],
    ] as const)
      expect(() => encodeSafetensors({}, { metadata: metadata as unknown as Record<string, string> })).toThrow(
        `write safetensors: metadata must be a plain object of strings, got ${got}`,
      );
  });
});
