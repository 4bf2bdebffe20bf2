import { countingSymbols } from "@unroll/data";
import { fromTypedArray, type Tensor } from "@unroll/tensor";
import { expect, test } from "vitest";

import { acceptedRange } from "./accepted-range.js";

const [a, b] = ["a", "b"].map((symbol) => countingSymbols.indexOf(symbol));

/** Counts right as long as no more than `capacity` letters are open, and then loses one. */
function counterUpTo(capacity: number): Parameters<typeof acceptedRange>[0] {
  return {
    forward(inputs: Tensor) {
      const [rows, time] = inputs.shape as [number, number];
      const ids = inputs.toTypedArray();
      const logits = new Float32Array(rows * time * countingSymbols.length).fill(-1);
      for (let row = 0; row < rows; row++) {
        let open = 0;
        for (let step = 0; step < time; step++) {
          const id = Number(ids[row * time + step]);
          if (id === a && open < capacity) open++;
          if (id === b) open--;
          const legal = step === 0 ? "aT" : id === a ? "ab" : open === 0 ? "T" : "b";
          for (const symbol of legal) logits[(row * time + step) * countingSymbols.length + countingSymbols.indexOf(symbol)] = 1;
        }
      }
      return { logits: fromTypedArray(logits, [rows, time, countingSymbols.length]), state: [] };
    },
  };
}

test.each([0, 1, 37, 50, 51, 99])("a counter that holds %i accepts up to there", (capacity) => {
  expect(acceptedRange(counterUpTo(capacity), { most: 100 })).toBe(capacity);
});

test("the search ends at most", () => {
  expect(acceptedRange(counterUpTo(1000), { most: 60 })).toBe(60);
});
