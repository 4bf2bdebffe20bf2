import { readFileSync } from "node:fs";

import { ones, zeros } from "@unroll/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeCheckpoint, decodeSafetensors, encodeCheckpoint, encodeSafetensors, SerializeError } from "./index.js";

const runs = 10_000;

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../fixtures/pytorch/${name}.safetensors`, import.meta.url));

/** One way to spoil a file; positions are fractions of its length. */
type Mutation =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "text"; readonly at: number; readonly text: string }
  | { readonly kind: "cut"; readonly at: number; readonly length: number }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number }
  | { readonly kind: "header"; readonly length: bigint };

const position = fc.integer({ min: 0, max: 999 }).map((thousandth) => thousandth / 1000);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at: position, byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({
    kind: fc.constant("text" as const),
    at: position,
    text: fc.constantFrom(
      "0",
      "9",
      "-",
      ".5",
      "1e300",
      '"',
      "\\",
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      " ",
      "null",
      "F64",
      "BOOL",
      "I64",
      "__proto__",
      "$tensor",
      '"x":1,',
    ),
  }),
  fc.record({ kind: fc.constant("cut" as const), at: position, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({ kind: fc.constant("repeat" as const), at: position, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({
    kind: fc.constant("header" as const),
    length: fc.oneof(fc.bigInt({ min: 0n, max: 4096n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  }),
);

function mutate(bytes: Uint8Array, change: Mutation): Uint8Array {
  if (change.kind === "header") {
    const copy = Uint8Array.from(bytes);
    if (copy.byteLength >= 8) new DataView(copy.buffer).setBigUint64(0, change.length, true);
    return copy;
  }
  const at = Math.floor(change.at * bytes.byteLength);
  const head = [...bytes.subarray(0, at)];
  const tail = [...bytes.subarray(at)];
  // A header that changes its length says so, or the decoder would stop at the first check.
  const mend = (changed: Uint8Array): Uint8Array => {
    if (at < 8) return changed;
    const prefix = new DataView(changed.buffer);
    prefix.setBigUint64(
      0,
      BigInt.asUintN(64, prefix.getBigUint64(0, true) + BigInt(changed.byteLength - bytes.byteLength)),
      true,
    );
    return changed;
  };
  switch (change.kind) {
    case "set":
      return Uint8Array.from([...head, change.byte, ...tail.slice(1)]);
    case "text":
      return Uint8Array.from([...head, ...new TextEncoder().encode(change.text), ...tail.slice(change.text.length)]);
    case "cut":
      return mend(Uint8Array.from([...head, ...tail.slice(change.length)]));
    case "repeat":
      return mend(Uint8Array.from([...head, ...tail.slice(0, change.length), ...tail]));
  }
}

function countOutcomes(
  originals: readonly Uint8Array[],
  decode: (bytes: Uint8Array) => void,
): { valid: number; refused: number } {
  const outcomes = { valid: 0, refused: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...originals), fc.array(mutation, { minLength: 1, maxLength: 2 }), (original, changes) => {
      try {
        decode(changes.reduce(mutate, original));
        outcomes.valid++;
      } catch (error) {
        if (!(error instanceof SerializeError)) throw error;
        outcomes.refused++;
      }
    }),
    { numRuns: runs, seed: 8 },
  );
  return outcomes;
}

describe("a hostile file gives a SerializeError or a valid result", () => {
  it(`as safetensors, ${runs} times`, () => {
    const originals = [
      fixture("rnn"),
      fixture("classifier"),
      encodeSafetensors({ mask: zeros([3], { dtype: "bool" }), n: zeros([2], { dtype: "int32" }) }, { metadata: { a: "b" } }),
    ];
    const { valid, refused } = countOutcomes(originals, (bytes) => {
      for (const tensor of Object.values(decodeSafetensors(bytes).tensors)) tensor.toTypedArray();
    });
    expect(valid + refused).toBe(runs);
    expect(Math.min(valid, refused)).toBeGreaterThan(runs / 20);
  });

  it(`as a checkpoint, ${runs} times`, () => {
    const original = encodeCheckpoint({ model: { w: ones([2]) }, step: 3, list: [1, { x: zeros([1]) }], odd: NaN, $: "$" });
    const { valid, refused } = countOutcomes([original], (bytes) => encodeCheckpoint(decodeCheckpoint(bytes)));
    expect(valid + refused).toBe(runs);
    expect(Math.min(valid, refused)).toBeGreaterThan(runs / 100);
  });

  it("and allocates nothing for a header it only claims to have", () => {
    const kilobyte = new Uint8Array(1024);
    const claim = (length: bigint): number => {
      new DataView(kilobyte.buffer).setBigUint64(0, length, true);
      const before = process.memoryUsage().arrayBuffers;
      expect(() => decodeSafetensors(kilobyte)).toThrow(SerializeError);
      return process.memoryUsage().arrayBuffers - before;
    };
    for (const length of [2n ** 32n, 2n ** 63n, 99_999_999n]) expect(claim(length)).toBeLessThan(4096);
  });
});
