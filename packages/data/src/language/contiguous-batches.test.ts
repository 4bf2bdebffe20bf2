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
