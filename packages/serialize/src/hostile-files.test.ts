import { readdirSync, readFileSync } from "node:fs";

import { ones, zeros } from "@unroll/tensor";
import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";

import { countOutcomes, type Outcomes } from "./hostile/count-outcomes.js";
import { change, spoil, spoilt, type Change } from "./hostile/spoil.js";
import { hostileSizes, smallSizes, spoiltModels } from "./hostile/spoilt-models.js";
import { decodeCheckpoint, decodeSafetensors, encodeCheckpoint, encodeSafetensors } from "./index.js";
import { importOnnx } from "./onnx.js";
import { decodePytorch } from "./pytorch.js";

const fixture = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)));

// None hangs, and both ends are reached: files that stay valid, and files that are refused.
function expectBoth({ valid, refused, slowestMilliseconds }: Outcomes): void {
  expect(Math.min(valid, refused)).toBeGreaterThan(100);
  expect(slowestMilliseconds).toBeLessThan(5000);
}

const json = '0|9|-|.5|1e300|"|\\|{|}|[|]|,|:| |null|F64|BOOL|I64|__proto__|$tensor|"x":1,'.split("|");

/** Spoils a safetensors file; where its header changes its length, it says so, or a reader would stop at the first check. */
function spoilSafetensors(bytes: Uint8Array, one: Change): Uint8Array {
  const spoiled = spoil(bytes, one);
  if (one.at * bytes.byteLength < 8 || spoiled.byteLength < 8) return spoiled;
  const prefix = new DataView(spoiled.buffer, spoiled.byteOffset);
  const grown = BigInt(spoiled.byteLength - bytes.byteLength);
  prefix.setBigUint64(0, BigInt.asUintN(64, prefix.getBigUint64(0, true) + grown), true);
  return spoiled;
}

function spoiltSafetensors(originals: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...originals), fc.array(change(json), { minLength: 1, maxLength: 2 }))
    .map(([original, changes]) => changes.reduce(spoilSafetensors, original));
}

/** Archives that are spoilt themselves, and whole ones around a spoilt pickle. */
function spoiltArchives(originals: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const texts = ["(", "}", "]", "K\x02", "\x8a\x04\xff\xff\xff\x7f", "q\0", "h\0", "R", "Q", "tR.", ".", "cos\nsystem\n"];
  const unzipped = originals.map((original) => Object.entries(unzipSync(original)));
  const pickles = fc
    .tuple(fc.constantFrom(...unzipped), fc.array(change(texts), { minLength: 1, maxLength: 2 }))
    .map(([files, changes]) =>
      zipSync(
        Object.fromEntries(files.map(([name, file]) => [name, name.endsWith("data.pkl") ? changes.reduce(spoil, file) : file])),
        { level: 0 },
      ),
    );
  return fc.oneof(spoilt(originals, change(texts)), pickles);
}

describe("each of thousands of hostile files gives a SerializeError or a valid result", () => {
  it("as safetensors", () => {
    const originals = [
      fixture("pytorch/rnn.safetensors"),
      fixture("pytorch/classifier.safetensors"),
      encodeSafetensors({ mask: zeros([3], { dtype: "bool" }), n: zeros([2], { dtype: "int32" }) }, { metadata: { a: "b" } }),
    ];
    expectBoth(
      countOutcomes("safetensors", spoiltSafetensors(originals), (bytes) => {
        for (const tensor of Object.values(decodeSafetensors(bytes).tensors)) tensor.toTypedArray();
      }),
    );
  });

  it("as a checkpoint", () => {
    const original = encodeCheckpoint({ model: { w: ones([2]) }, step: 3, list: [1, { x: zeros([1]) }], odd: NaN, $: "$" });
    expectBoth(countOutcomes("checkpoint", spoiltSafetensors([original]), (bytes) => encodeCheckpoint(decodeCheckpoint(bytes))));
  });

  it("as PyTorch's .pt", () => {
    const originals = ["lstm", "kinds", "training"].map((name) => fixture(`pytorch/${name}.pt`));
    expectBoth(countOutcomes(".pt", spoiltArchives(originals), decodePytorch));
  });

  const models = readdirSync(new URL("../fixtures/onnx", import.meta.url))
    .filter((name) => name.endsWith(".onnx"))
    .map((name) => ({
      bytes: fixture(`onnx/${name}`),
      inputs: decodeSafetensors(fixture(`onnx/${name.replace(".onnx", ".run.safetensors")}`)).tensors,
    }));

  it("as ONNX", () => {
    const originals = models.map(({ bytes }) => bytes);
    const texts = ["\x08\x01", "\x12\x00", "\x1a\xff", "LSTM", "Conv", "__proto__"];
    const files = fc.oneof(spoilt(originals, change(texts)), spoiltModels(originals, { sizes: hostileSizes }));
    expectBoth(countOutcomes("ONNX", files, importOnnx));
  });

  it("as ONNX that is run", () => {
    const files = fc
      .constantFrom(...models)
      .chain(({ bytes, inputs }) => spoiltModels([bytes], { sizes: smallSizes }).map((spoiled) => ({ spoiled, inputs })));
    expectBoth(countOutcomes("ONNX, run", files, ({ spoiled, inputs }) => importOnnx(spoiled).run(inputs), { count: 2000 }));
  });
});
