import fc from "fast-check";

/** One way to spoil bytes; positions are fractions of their length. */
export type Change =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "text"; readonly at: number; readonly text: string }
  | { readonly kind: "size"; readonly at: number; readonly size: bigint }
  | { readonly kind: "cut"; readonly at: number; readonly length: number }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number };

const position = fc.integer({ min: 0, max: 9999 }).map((part) => part / 10_000);
const sizes = [0n, 1n, 255n, 4096n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

/** Changes of single bytes, sizes and stretches, and texts of one's own. */
export function change(texts: readonly string[]): fc.Arbitrary<Change> {
  return fc.oneof(
    fc.record({ kind: fc.constant("set" as const), at: position, byte: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant("text" as const), at: position, text: fc.constantFrom(...texts) }),
    fc.record({ kind: fc.constant("size" as const), at: position, size: fc.constantFrom(...sizes) }),
    fc.record({ kind: fc.constant("cut" as const), at: position, length: fc.integer({ min: 1, max: 64 }) }),
    fc.record({ kind: fc.constant("repeat" as const), at: position, length: fc.integer({ min: 1, max: 64 }) }),
  );
}

/** The bytes with one change; the original stays. */
export function spoil(bytes: Uint8Array, change: Change): Uint8Array {
  const at = Math.floor(change.at * bytes.byteLength);
  const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat([bytes.subarray(0, at), ...parts]));
  switch (change.kind) {
    case "set":
      return join(Uint8Array.of(change.byte), bytes.subarray(at + 1));
    case "text":
      return join(new TextEncoder().encode(change.text), bytes.subarray(at + change.text.length));
    case "size": {
      const size = new Uint8Array(8);
      new DataView(size.buffer).setBigUint64(0, change.size, true);
      return join(size, bytes.subarray(at + 8)).subarray(0, bytes.byteLength);
    }
    case "cut":
      return join(bytes.subarray(at + change.length));
    case "repeat":
      return join(bytes.subarray(at, at + change.length), bytes.subarray(at));
  }
}

/** One or two of them, one after the other. */
export function spoilt(originals: readonly Uint8Array[], one: fc.Arbitrary<Change>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...originals), fc.array(one, { minLength: 1, maxLength: 2 }))
    .map(([original, changes]) => changes.reduce(spoil, original));
}
