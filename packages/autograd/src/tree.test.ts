import { tensor, type Tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { accumulate, hvp } from "./index.js";

const [one, two] = [tensor([1]), tensor([1, 2])];

it("accumulates by name, whatever the order", () => {
  const sum = accumulate({ a: tensor([1]), b: tensor([10]) }, { b: tensor([20]), a: tensor([2]) });
  expect([sum.a.item(), sum.b.item()]).toEqual([3, 30]);
  const maps = accumulate(
    new Map([
      ["a", tensor([1])],
      ["b", tensor([10])],
    ]),
    new Map([
      ["b", tensor([20])],
      ["a", tensor([2])],
    ]),
  );
  expect([...maps.values()].map((x) => x.item())).toEqual([3, 30]);
});

it("tells keys apart, whatever they are", () => {
  const [key, other] = [{}, Symbol("other")];
  const tree = (): unknown => ({
    "a.b": one,
    a: { b: two },
    map: new Map<unknown, unknown>([
      [key, one],
      [other, two],
      ["1", one],
      [1, two],
    ]),
  });
  const sum = accumulate(tree(), tree()) as { readonly map: ReadonlyMap<unknown, Tensor> };
  expect([key, other, "1", 1].map((name) => sum.map.get(name)?.size)).toEqual([1, 2, 1, 2]);
});

it("accumulates no other names or shapes", () => {
  const add = (total: unknown, more: unknown): unknown => accumulate(total, more);
  expect(() => add({ a: [one, two] }, { a: [one, one] })).toThrow(
    "accumulate: gradients must have the form of the total, got [1] for [2] at a.1",
  );
  expect(() => add({ a: one, b: one }, { a: one })).toThrow("got none for [1] at b");
  expect(() => add({ a: one }, { a: one, b: one })).toThrow("got [1] for none at b");
  expect(() => add(two, one)).toThrow("accumulate: gradients must have the form of the total, got [1] for [2]");
});

it("takes a direction by name", () => {
  const inputs = { a: tensor([2]), b: tensor([3]) };
  const fn = ({ a, b }: typeof inputs): typeof one => a.square().mul(b).sum();
  const along = { b: tensor([10]), a: tensor([1]) };
  // H = [[2b, 2a], [2a, 0]]
  const found = hvp(fn, inputs, along);
  expect([found.a.item(), found.b.item()]).toEqual([46, 4]);
  expect(() => hvp(fn, inputs, { a: one } as typeof inputs)).toThrow(
    "hvp: direction must have the form of the inputs, got none for [1] at b",
  );
  expect(() => hvp(fn, inputs, { ...along, c: one } as typeof inputs)).toThrow("got [1] for none at c");
});
