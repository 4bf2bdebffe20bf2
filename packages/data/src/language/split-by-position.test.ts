import { expect, it } from "vitest";

import { splitByPosition } from "../index.js";

it("cuts consecutive parts that share memory and cover everything", () => {
  const ids = Int32Array.from({ length: 101 }, (_, index) => index);
  const parts = splitByPosition(ids, [0.9, 0.05, 0.05]);
  expect(parts.map((part) => part.length)).toEqual([91, 5, 5]);
  expect(parts.flatMap((part) => [...part])).toEqual([...ids]);
  expect(parts.every((part) => part.buffer === ids.buffer)).toBe(true);
});

it("says which part is too short and how much it would take", () => {
  expect(() => splitByPosition(new Int32Array(20), [0.9, 0.05, 0.05])).toThrow(
    "splitByPosition: every part needs at least 2 tokens, got 1 in part 2 of 3 (0.05 of 20); give about 40 tokens or more, or larger fractions",
  );
});

it("refuses fractions that are no split", () => {
  expect(() => splitByPosition(new Int32Array(100), [0.9, 0.05])).toThrow("add up to 1");
  expect(() => splitByPosition(new Int32Array(100), [1, 0])).toThrow("must be positive");
  expect(() => splitByPosition(new Int32Array(100), [])).toThrow("add up to 1, got [] = 0");
});
