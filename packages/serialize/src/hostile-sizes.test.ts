import { create, toBinary } from "@bufbuild/protobuf";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";

import { GraphProtoSchema, ModelProtoSchema, TensorProtoSchema } from "./generated/onnx_pb.js";
import { largestAllocation } from "./hostile/largest-allocation.js";
import { decodeCheckpoint, decodeSafetensors, SerializeError } from "./index.js";
import { importOnnx } from "./onnx.js";
import { decodePytorch } from "./pytorch.js";

const gigabytes = 2 ** 32;

/** One kilobyte whose first eight bytes claim so long a header. */
function longHeader(length: bigint): Uint8Array {
  const file = new Uint8Array(1024).fill(0x20);
  file[8] = 0x7b;
  new DataView(file.buffer).setBigUint64(0, length, true);
  return file;
}

/** One kilobyte of safetensors with this header. */
function header(fields: object): Uint8Array {
  const file = longHeader(1016n);
  file.set(strToU8(JSON.stringify(fields)), 8);
  return file;
}

const archive = (pickle: string): Uint8Array =>
  zipSync({ "x/data.pkl": strToU8(`\x80\x02${pickle}`, true), "x/data/0": new Uint8Array(16) }, { level: 0 });

// A tensor of the block "0", which claims so many elements, by their little-endian bytes.
const tensorOf = (block: string, shape: string, strides: string): string =>
  "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpu" +
  `${block}tQK\0${shape}\x85${strides}\x85tR.`;

/** A zip archive whose directory says that its last file has four gigabytes. */
function longEntry(): Uint8Array {
  const file = archive("N.");
  const directory = file.findLastIndex((byte, at) => byte === 0x50 && file[at + 1] === 0x4b && file[at + 2] === 1);
  for (const offset of [20, 24]) new DataView(file.buffer, file.byteOffset).setUint32(directory + offset, 0xffff_fffe, true);
  return file;
}

function modelOf(dims: readonly bigint[], rawData: Uint8Array): Uint8Array {
  const tensor = create(TensorProtoSchema, { name: "w", dims: [...dims], dataType: 1, rawData });
  const graph = create(GraphProtoSchema, { initializer: [tensor] });
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph, opsetImport: [{ domain: "", version: 17n }] }));
}

const claims: readonly (readonly [string, (bytes: Uint8Array) => unknown, Uint8Array, RegExp])[] = [
  ["safetensors: a header", decodeSafetensors, longHeader(BigInt(gigabytes)), /header has at most 100000000/],
  [
    "safetensors: a header of more than numbers can count",
    decodeSafetensors,
    longHeader(2n ** 64n - 1n),
    /header has at most 100000000/,
  ],
  ["safetensors: the longest header allowed", decodeSafetensors, longHeader(99_999_999n), /header must end within the file/],
  [
    "safetensors: a tensor",
    decodeSafetensors,
    header({ x: { dtype: "F32", shape: [2 ** 30], data_offsets: [0, gigabytes] } }),
    /must follow|need .* bytes of file/,
  ],
  [
    "safetensors: lists in lists",
    decodeSafetensors,
    header({ x: JSON.parse("[".repeat(480) + "]".repeat(480)) as unknown }),
    /dtype/,
  ],
  ["a checkpoint: a header", decodeCheckpoint, longHeader(BigInt(gigabytes)), /header has at most 100000000/],
  [".pt: a file of the archive", decodePytorch, longEntry(), /promises more/],
  [".pt: a text", decodePytorch, archive("X\xff\xff\xff\xff."), /pickle ends early/],
  [
    ".pt: a block of elements",
    decodePytorch,
    archive(tensorOf("J\0\0\0\x40", "J\0\0\0\x40", "K\x01")),
    /must have 4294967296 bytes/,
  ],
  [
    ".pt: a tensor that repeats one element",
    decodePytorch,
    archive(tensorOf("K\x04", "J\xff\xff\xff\x7f", "K\0")),
    /over 8 times/,
  ],
  ["ONNX: a tensor", importOnnx, modelOf([BigInt(2 ** 30)], new Uint8Array(4)), /needs 1073741824 elements/],
  ["ONNX: a tensor of no end", importOnnx, modelOf([2n ** 62n, 2n ** 62n], new Uint8Array(4)), /has shape/],
  ["ONNX: a message", importOnnx, Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f), /must be an ONNX model/],
];

it("an allocation is noticed", () => {
  expect(largestAllocation(() => new Float32Array(2 ** 20).fill(1)).length).toBe(2 ** 20);
});

describe("a file of a kilobyte that claims four gigabytes is refused before they are allocated", () => {
  it.each(claims)("%s", (name, read, file, message) => {
    expect(file.byteLength).toBeLessThanOrEqual(1024);
    const { length, residentBytes } = largestAllocation(() => {
      expect(() => read(file)).toThrow(SerializeError);
      expect(() => read(file)).toThrow(message);
    });
    console.info(`${name}: longest array ${length}, resident memory grew by ${residentBytes >> 20} MB`);
    expect(length).toBeLessThan(65_536);
    expect(residentBytes).toBeLessThan(64 * 2 ** 20);
  });
});
