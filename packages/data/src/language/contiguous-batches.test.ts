import fc from "fast-check";
import { expect, it } from "vitest";

import { contiguousBatches } from "../index.js";

it("goes on in each row where the batch before ended, and never predicts a token twice", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 200 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 7 }),
      (n, batchSize, sequenceLength) => {
        fc.pre(n > batchSize * sequenceLength);
        const ids = Int32Array.from({ length: n }, (_, index) => index);
        const batches = contiguousBatches(ids, { batchSize, sequenceLength });
        const rows: number[][] = Array.from({ length: batchSize }, () => []);
        let count = 0;
        for (const { inputs, targets, first } of batches) {
          expect(first).toBe(count++ === 0);
          expect([inputs.shape, targets.shape, inputs.dtype]).toEqual([
            [batchSize, sequenceLength],
            [batchSize, sequenceLength],
            "int32",
          ]);
          const shifted = inputs.toTypedArray().map((id) => id + 1);
          expect([...targets.toTypedArray()]).toEqual([...shifted]);
          const values = inputs.toTypedArray();
          rows.forEach((row, index) => row.push(...values.slice(index * sequenceLength, (index + 1) * sequenceLength)));
        }
        expect(count).toBe(batches.length);
        expect(rows.flat()).toEqual(Array.from({ length: n - 1 - batches.dropped }, (_, index) => index));
        expect(batches.dropped).toBeLessThan(batchSize * sequenceLength);
      },
    ),
  );
});

it("lays documents end to end, with a sign where each begins and no guess at its first token", () => {
  const read = (tensor: { toTypedArray(): ArrayLike<number> } | undefined): number[] => Array.from(tensor?.toTypedArray() ?? []);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 5 }),
      (sizes, batchSize, sequenceLength) => {
        // Token = 100 * document + place.
        const documents = sizes.map((size, index) => Int32Array.from({ length: size }, (_, place) => 100 * index + place));
        const ids = Int32Array.from(documents.flatMap((tokens) => [...tokens]));
        fc.pre(ids.length > batchSize * sequenceLength);
        const options = { batchSize, sequenceLength };
        const plain = [...contiguousBatches(ids, options)];
        const batches = [...contiguousBatches(documents, options)];
        expect(batches.map(({ inputs, targets }) => [read(inputs), read(targets)])).toEqual(
          plain.map(({ inputs, targets }) => [read(inputs), read(targets)]),
        );
        for (const { inputs, targets, starts, mask } of batches) {
          expect([starts?.dtype, mask?.dtype, starts?.shape, mask?.shape]).toEqual(["bool", "bool", inputs.shape, inputs.shape]);
          expect(read(starts)).toEqual(read(inputs).map((id) => Number(id % 100 === 0)));
          expect(read(mask)).toEqual(read(targets).map((id) => Number(id % 100 !== 0)));
        }
      },
    ),
  );
});

it("resumes in the middle of an epoch", () => {
  const read = (start: number): unknown[] =>
    [
      ...contiguousBatches(
        new Int32Array(60).map((_, t) => t),
        { batchSize: 3, sequenceLength: 4, start },
      ),
    ].map(({ inputs, targets, first }) => [[...inputs.toTypedArray()], [...targets.toTypedArray()], first]);
  for (const start of [0, 1, 3, 4]) expect(read(start)).toEqual(read(0).slice(start));
});

it("can be iterated again", () => {
  const batches = contiguousBatches(Int32Array.of(0, 1, 2, 3, 4), { batchSize: 2, sequenceLength: 2 });
  expect([...batches].map(({ inputs }) => [...inputs.toTypedArray()])).toEqual([[0, 1, 2, 3]]);
  expect([...batches].map(({ targets }) => [...targets.toTypedArray()])).toEqual([[1, 2, 3, 4]]);
});

it("says how much text it takes", () => {
  expect(() => contiguousBatches(new Int32Array(100), { batchSize: 4, sequenceLength: 32 })).toThrow(
    "contiguousBatches: 4 rows of 32 steps need at least 129 tokens, got 100; make batchSize or sequenceLength smaller, or give more text",
  );
  expect(() => contiguousBatches(new Int32Array(100), { batchSize: 0, sequenceLength: 32 })).toThrow(
    "batchSize must be a whole number of at least 1, got 0",
  );
});
