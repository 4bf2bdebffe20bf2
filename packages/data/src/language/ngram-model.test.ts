import { createGenerator } from "@unroll/tensor";
import { expect, it } from "vitest";

import { ngramModel, unigramModel } from "../index.js";

// A Markov chain of order 1 over four tokens, whose entropy rate is known.
function chain(length: number, seed: number): Int32Array {
  const generator = createGenerator(seed);
  let token = 0;
  return Int32Array.from({ length }, () => (token = generator.uniform() < 0.7 ? (token + 1) % 4 : generator.integer(4)));
}
const stay = 0.3 / 4;
const entropyRate = -(0.7 + stay) * Math.log(0.7 + stay) - 3 * stay * Math.log(stay);

it("reaches the entropy of a Markov chain with one token of context, and not without", () => {
  const train = chain(50_000, 1);
  const test = chain(20_000, 2);
  expect(Math.abs(unigramModel(train, 4).crossEntropy(test) - Math.log(4))).toBeLessThan(0.001);
  expect(Math.abs(ngramModel(train, { order: 2, vocabularySize: 4 }).crossEntropy(test) - entropyRate)).toBeLessThan(0.02);
  expect(Math.abs(ngramModel(train, { vocabularySize: 4 }).crossEntropy(test) - entropyRate)).toBeLessThan(0.02);
});

it("spreads a probability of 1 over the vocabulary after any context, seen or not", () => {
  const train = Int32Array.from({ length: 100 }, (_, index) => (index * index) % 7);
  const model = ngramModel(train, { order: 3, vocabularySize: 9 });
  expect(model.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  for (const context of [[], [0, 1], [8, 8], [4, 8], [8, 4]]) {
    let total = 0;
    for (let token = 0; token < 9; token++) {
      // The loss of the whole text less that of the text without its last token is the last token's.
      const before = context.length < 2 ? 0 : model.crossEntropy(Int32Array.from([...context])) * (context.length - 1);
      const text = context.length === 0 ? [3, token] : [...context, token];
      total += Math.exp(before - model.crossEntropy(Int32Array.from(text)) * (text.length - 1));
    }
    expect(total).toBeCloseTo(1, 10);
  }
});

it("counts by hand", () => {
  // Nine tenths of the counts, all of them 0 after 1 and 1 after 0, and a held-out tenth that agrees.
  const train = Int32Array.from({ length: 1000 }, (_, index) => index % 2);
  const model = ngramModel(train, { order: 2, vocabularySize: 2 });
  const [uniform = 0, alone = 0, pair = 0] = model.weights;
  expect(pair).toBeGreaterThan(0.95);
  expect(model.crossEntropy(Int32Array.of(0, 1))).toBeCloseTo(-Math.log(uniform / 2 + alone / 2 + pair), 10);
  expect(model.crossEntropy(Int32Array.of(1, 1))).toBeCloseTo(-Math.log(uniform / 2 + alone / 2), 10);
});

it("comes down to the entropy of a million independent tokens", () => {
  const generator = createGenerator(3);
  const train = Int32Array.from({ length: 1_100_000 }, () => Math.floor(90 * generator.uniform() ** 3));
  const shares = Array.from({ length: 90 }, (_, id) => Math.cbrt((id + 1) / 90) - Math.cbrt(id / 90));
  const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
  const loss = ngramModel(train, { order: 3, vocabularySize: 90 }).crossEntropy(train.subarray(0, 60_000));
  expect(Math.abs(loss - entropy)).toBeLessThan(0.05);
});

it("refuses what it cannot count", () => {
  expect(() => ngramModel(new Int32Array(10), { vocabularySize: 4 })).toThrow("order 3 needs at least 60 tokens, got 10");
  expect(() => ngramModel(new Int32Array(100), { order: 4, vocabularySize: 50_000 })).toThrow("must stay below 2^53");
  expect(() =>
    unigramModel(
      Int32Array.from({ length: 100 }, (_, i) => i),
      50,
    ),
  ).toThrow("ids must lie in 0..49, got 50 at position 50");
  expect(() => unigramModel(new Int32Array(100), 2).crossEntropy(Int32Array.of(1))).toThrow("at least 2 tokens");
});
