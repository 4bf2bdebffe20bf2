import { expect, it } from "vitest";

import { localScale } from "./local-scale.js";

it("is the mean change from season to season before a row, and knows nothing of the row itself", () => {
  const values = [0, 10, 1, 12, 4, 16, 9, 1000];
  // Changes over two rows: 1, 2, 3, 4, 5 from row 2 on.
  expect([...localScale(values, [3, 4, 7], { season: 2, window: 100 })]).toEqual([1, 1.5, 3]);
  expect([...localScale(values, [4, 7], { season: 2, window: 2 })]).toEqual([1.5, 4.5]);
});

it("is never 0", () => {
  expect([...localScale([3, 3, 3, 3], [2, 4], { season: 1, window: 2 })]).toEqual([1, 1]);
  const calm = [0, 8, 8, 8, 8];
  expect(localScale(calm, [5], { season: 1, window: 2 })[0]).toBeCloseTo(8 / 4 / 100, 12);
});
