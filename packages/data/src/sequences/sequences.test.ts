import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bucketByLength, documentBatches, padSequences, paddingWaste, splitWords, wordVocabulary } from "../index.js";

it("pads ids and values, and masks", () => {
  const { inputs, mask, lengths } = padSequences([Int32Array.of(5, 6, 7), Int32Array.of(8), new Int32Array(0)], { value: 9 });
  expect([inputs.shape, inputs.dtype, mask.dtype]).toEqual([[3, 3], "int32", "bool"]);
  expect([...inputs.toTypedArray()]).toEqual([5, 6, 7, 8, 9, 9, 9, 9, 9]);
  expect([...mask.toTypedArray()]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0]);
  expect([...lengths]).toEqual([3, 1, 0]);
  const values = padSequences([Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6)], { features: 2, length: 3 });
  expect(values.inputs.shape).toEqual([2, 3, 2]);
  expect([...values.inputs.toTypedArray()]).toEqual([1, 2, 3, 4, 0, 0, 5, 6, 0, 0, 0, 0]);
  expect(() => padSequences([Int32Array.of(1, 2)], { length: 1 })).toThrow("got 1 and 2 in sequence 1");
  expect(() => padSequences([Float32Array.of(1, 2, 3)], { features: 2 })).toThrow("multiples of features = 2, got 3");
});

describe("buckets", () => {
  it("hold every sequence once and never waste more than batches in order of length can", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer(),
        (lengths, batchSize, seed) => {
          const { batches, waste, wasteInOrder } = bucketByLength(lengths, { batchSize, seed });
          expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual(lengths.map((_, position) => position));
          expect(waste).toBeCloseTo(paddingWaste(lengths, batches), 12);
          if (lengths.length % batchSize === 0) expect(waste).toBeLessThanOrEqual(wasteInOrder + 1e-12);
          expect(bucketByLength(lengths, { batchSize, seed }).batches).toEqual(batches);
        },
      ),
    );
  });

  it("report the waste", () => {
    const { batches, waste, wasteInOrder } = bucketByLength([9, 1, 8, 2], { batchSize: 2 });
    expect(batches.map((batch) => [...batch])).toEqual([
      [1, 3],
      [2, 0],
    ]);
    expect([waste, wasteInOrder]).toEqual([1 - 20 / 22, 1 - 20 / 34]);
  });
});

it("runs documents beside each other without crossing from one into the next", () => {
  const document = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(
      fc.array(document, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 9 }),
      (sizes, batchSize, sequenceLength) => {
        fc.pre(sizes.some((size) => size > 1));
        // Token = 100 * document + place, so that every pair of neighbours is known.
        const documents = sizes.map((size, index) => Int32Array.from({ length: size }, (_, place) => 100 * index + place));
        const batches = documentBatches(documents, { batchSize, sequenceLength, seed: 1 });
        const predicted: number[] = [];
        let count = 0;
        let before: number[] = [];
        for (const { inputs, targets, mask, first } of batches) {
          count++;
          const [rows = 0, time = 0] = inputs.shape;
          const [x, y, real] = [inputs.toTypedArray(), targets.toTypedArray(), mask.toTypedArray()];
          const ends: number[] = [];
          for (let row = 0; row < rows; row++) {
            for (let t = 0; t < time; t++) {
              const at = row * time + t;
              if (real[at] === 0) continue;
              expect(y[at]).toBe((x[at] as number) + 1);
              if (t === 0) expect(x[at]).toBe(first ? Math.floor((x[at] as number) / 100) * 100 : before[row]);
              predicted.push(y[at] as number);
              ends[row] = y[at] as number;
            }
          }
          before = ends;
        }
        expect(count).toBe(batches.length);
        expect(predicted.sort((a, b) => a - b)).toEqual(documents.flatMap((tokens) => [...tokens.subarray(1)]));
      },
    ),
  );
});

it("resumes documents in the middle of a shuffled epoch", () => {
  const documents = Array.from({ length: 9 }, (_, index) => new Int32Array(3 + 2 * index).fill(index));
  const read = (start: number, epoch = 0): unknown[] =>
    [...documentBatches(documents, { batchSize: 2, sequenceLength: 4, seed: 7, epoch, start })].map(({ inputs, mask, first }) => [
      [...inputs.toTypedArray()],
      [...mask.toTypedArray()],
      first,
    ]);
  const whole = read(0);
  for (let start = 0; start <= whole.length; start++) expect(read(start)).toEqual(whole.slice(start));
  expect(read(0, 1)).not.toEqual(whole);
});

describe("words", () => {
  it("are numbered by frequency, and unknown ones have a token", () => {
    const vocabulary = wordVocabulary("the cat saw the dog. The dog's tail, 3.14 and re-entry");
    expect(vocabulary.words.slice(0, 6)).toEqual(["<pad>", "<unk>", "<s>", "</s>", "the", ","]);
    expect([...vocabulary.encode("the fish")]).toEqual([4, 1]);
    expect(vocabulary.decode([2, 4, 1, 0, 3])).toBe("<s> the <unk> </s>");
    expect([vocabulary.has("dog's"), vocabulary.has("re-entry"), vocabulary.has("fish"), vocabulary.has("<unk>")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const again = wordVocabulary({ words: JSON.parse(JSON.stringify(vocabulary.words)) as string[] });
    expect(again.encode("the dog saw")).toEqual(vocabulary.encode("the dog saw"));
    expect(wordVocabulary("a a a b b c", { minimumCount: 2 }).words.slice(4)).toEqual(["a", "b"]);
    expect(wordVocabulary("a a a b b c", { maximumSize: 5 }).words.slice(4)).toEqual(["a"]);
    expect(() => wordVocabulary("")).toThrow("at least one word");
    expect(() => wordVocabulary({ words: ["a"] })).toThrow("must begin with <pad>, <unk>, <s>, </s>");
    expect(() => vocabulary.decode([99])).toThrow("got 99");
  });

  it("are split the same in any script", () => {
    expect(splitWords("Über-Größe naïve\tдом 12,5 „ja“!")).toEqual(["Über-Größe", "naïve", "дом", "12,5", "„", "ja", "“", "!"]);
  });
});
