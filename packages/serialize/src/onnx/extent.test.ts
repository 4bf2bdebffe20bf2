import { expect, it } from "vitest";

import { extentOf } from "./extent.js";

// The base, one sample for each axis in which it alone differs, and two for the proof.
const samples = [
  { batch: 5, time: 7 },
  { batch: 11, time: 7 },
  { batch: 5, time: 13 },
  { batch: 17, time: 19 },
  { batch: 23, time: 29 },
];
const seen = (of: (batch: number, time: number) => number): number[] => samples.map(({ batch, time }) => of(batch, time));

it.each([
  ["a number of its own", seen(() => 6), { factor: 0, axes: [], offset: 6 }],
  ["a length", seen((batch) => batch), { factor: 1, axes: ["batch"], offset: 0 }],
  ["a shorter length", seen((_, time) => time - 2), { factor: 1, axes: ["time"], offset: -2 }],
  ["several times a length", seen((_, time) => 3 * time + 1), { factor: 3, axes: ["time"], offset: 1 }],
  ["a product", seen((batch, time) => 4 * batch * time), { factor: 4, axes: ["batch", "time"], offset: 0 }],
  ["half a length", seen((_, time) => Math.ceil(time / 2)), undefined],
  ["a sum", seen((batch, time) => batch + time), undefined],
  ["a square", seen((batch) => batch * batch), undefined],
])("recognises %s", (_, values, extent) => {
  expect(extentOf(values, samples)).toEqual(extent);
});
