import { expect, test } from "vitest";

import { predictsLegalSymbols } from "./predicts-legal-symbols.js";

const legal = [1, 0, 0, 1, 1, 0];

test("yes to all that may follow and no to the rest is right", () => {
  expect(predictsLegalSymbols([3, -1, -0.1, 0.1, 2, -5], legal)).toBe(true);
});

test.each([
  ["a legal symbol is missing", [3, -1, -1, -1, 2, -5]],
  ["another symbol is expected too", [3, -1, 0.5, 1, 2, -5]],
  ["it is undecided", [0, 0, 0, 0, 0, 0]],
  ["it is NaN", legal.map(() => NaN)],
])("it is wrong where %s", (_, logits) => {
  expect(predictsLegalSymbols(logits, legal)).toBe(false);
});
