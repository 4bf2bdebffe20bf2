import { expect, test } from "vitest";

import { median } from "./median.js";

test("the middle value, or the mean of two", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 9, 1, 2])).toBe(5.5);
  expect(median([1, Infinity, 3])).toBe(3);
  expect(median([])).toBeNaN();
});
