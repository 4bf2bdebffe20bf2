import { createGenerator } from "@unroll/tensor";

import { checkCount } from "../checks/check-count.js";
import { given } from "../checks/given.js";
import { refuse } from "../checks/refuse.js";

/** An order of the numbers 0..length-1 that is computed where it is asked for, so that it takes no memory. */
export interface ShuffledOrder {
  readonly length: number;
  /** The number at a place of the order. */
  at(place: number): number;
}

/**
 * A random order from a seed and an epoch: going on in the middle takes nothing but the place reached. It is a
 * four-round Feistel network on the bits of the place, walked until it falls below `length`.
 *
 * Source: J. Black and P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002.
 *
 * @param options - `epoch` (default 0) gives another order with the same seed.
 */
export function shuffledOrder(length: number, options: { readonly seed: number; readonly epoch?: number }): ShuffledOrder {
  const { seed, epoch = 0 } = given(options);
  if (!Number.isInteger(seed)) refuse("shuffledOrder", "seed", "a whole number", seed);
  checkCount("shuffledOrder", "length", length, 0);
  const half = Math.max(1, Math.ceil(Math.log2(Math.max(length, 2)) / 2));
  const mask = 2 ** half - 1;
  const generator = createGenerator(seed).stream(`epoch ${epoch}`);
  const keys = Array.from({ length: 4 }, () => generator.next());
  const permute = (place: number): number => {
    let left = Math.floor(place / 2 ** half);
    let right = place & mask;
    for (const key of keys) [left, right] = [right, left ^ (mix(right ^ key) & mask)];
    return left * 2 ** half + right;
  };
  return {
    length,
    at(place) {
      let value = permute(place);
      while (value >= length) value = permute(value);
      return value;
    },
  };
}

// A 32-bit mixing function with full avalanche (MurmurHash3's finaliser).
function mix(bits: number): number {
  let x = bits;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
