import { fail } from "./error.js";
import { formatShape } from "./shape.js";

/** A seeded source of random numbers (xoroshiro128+) whose state saves and restores. The same on every backend. */
export interface Generator {
  /** An independent generator that follows from this one's seed and a name, wherever this one stands. */
  stream(name: string): Generator;
  /** The next 32 random bits as a signed integer. */
  next(): number;
  /** Uniform in [0, 1), 32 bits fine. */
  uniform(): number;
  /** Standard normal (Box and Muller). */
  normal(): number;
  /** Uniform integer in 0..bound-1; the bound is at most 2^32. */
  integer(bound: number): number;
  /** Everything needed to go on from here, with the same streams. */
  state(): readonly number[];
  /** Goes on from a state of {@link Generator.state}. */
  restore(state: readonly number[]): void;
}

// Four words from one seed by splitmix (Steele, Lea and Flood 2014, with the constants of Murmur3): xoroshiro's own seeding leaves small
// seeds with nearly equal first draws.
function spread(seed: number): readonly number[] {
  return [1, 2, 3, 4].map((step) => {
    let z = (seed + Math.imul(step, 0x9e3779b9)) | 0;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  });
}

/** A generator; the same seed (an integer, of which the lowest 32 bits count) gives the same numbers everywhere. */
export function createGenerator(seed: number): Generator {
  if (!Number.isInteger(seed)) fail("range", `createGenerator: the seed must be an integer, got ${seed}`);
  let own = seed | 0;
  // Two words of 64 bits, in halves.
  let [high0, low0, high1, low1] = spread(own) as [number, number, number, number];
  const generator: Generator = {
    stream(name) {
      // FNV-1a over the name, started from the seed; spread, so that a seed and the first letter cannot make up for one another.
      let hash = spread(own)[0] as number;
      for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
      return createGenerator(hash);
    },
    next() {
      const drawn = (low0 + low1) | 0;
      high1 ^= high0;
      low1 ^= low0;
      // Rotated by 24 and by 37 bits.
      [high0, low0] = [
        (high0 << 24) ^ (low0 >>> 8) ^ high1 ^ ((high1 << 16) | (low1 >>> 16)),
        (low0 << 24) ^ (high0 >>> 8) ^ low1 ^ (low1 << 16),
      ];
      [high1, low1] = [(low1 << 5) ^ (high1 >>> 27), (high1 << 5) ^ (low1 >>> 27)];
      return drawn;
    },
    uniform() {
      return (generator.next() >>> 0) / 2 ** 32;
    },
    normal() {
      const radius = Math.sqrt(-2 * Math.log(1 - generator.uniform()));
      return radius * Math.cos(2 * Math.PI * generator.uniform());
    },
    integer(bound) {
      return Math.floor(generator.uniform() * bound);
    },
    state() {
      return [high0, low0, high1, low1, own];
    },
    restore(state) {
      if (state.length !== 5 || !state.every(Number.isInteger) || state.slice(0, 4).every((word) => word === 0)) {
        fail("range", `restore: needs the 5 integers of state(), got ${formatShape(state)}`);
      }
      [high0, low0, high1, low1, own] = state as [number, number, number, number, number];
    },
  };
  return generator;
}
