import { concat, createGenerator, normal, referenceBackend, where, withBackend, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { beforeAll, expect, it } from "vitest";

import { fuse } from "./fuse.js";

beforeAll(async () => {
  await useWasm();
});

const step =
  (rate: number) =>
  (x: Tensor, g: Tensor, m: Tensor): [moved: Tensor, mean: Tensor] => {
    const mean = m.mul(0.9).add(g.mul(1 - 0.9));
    return [x.sub(mean.div(g.square().sqrt().add(1e-8)).mul(rate)), mean];
  };
const draw = (shape: readonly number[]): [x: Tensor, g: Tensor, m: Tensor] => {
  const generator = createGenerator(4);
  return [normal(shape, { generator }), normal(shape, { generator }), normal(shape, { generator })];
};
const bits = (x: Tensor | undefined): number[] => Array.from(x?.toTypedArray() ?? []);

it.each([[[64]], [[1000]], [[7, 31, 5]], [[65_537]]])("gives the bits of the operations, for any number in them: %j", (shape) => {
  const inputs = draw(shape);
  const before = inputs.map(bits);
  for (const rate of [0.1, 0, 1, 0.1]) {
    const fused = fuse(step(rate), inputs);
    expect(fused?.[0]?.shape).toEqual(shape);
    expect(fused?.map(bits)).toEqual(step(rate)(...inputs).map(bits));
  }
  expect(inputs.map(bits)).toEqual(before);
});

it("takes strided inputs, and gives one tensor for a value that is given twice", () => {
  const [x, g, m] = draw([20, 30]);
  const turned: [Tensor, Tensor, Tensor] = [x.transpose(), g.transpose(), m.transpose()];
  expect(bits(fuse(step(0.5), turned)?.[0])).toEqual(bits(step(0.5)(...turned)[0]));
  const same = fuse((a) => [a.neg(), a.neg(), a], [x]);
  expect(same?.map(bits)).toEqual([bits(x.neg()), bits(x.neg()), bits(x)]);
  expect(same?.[1]).toBe(same?.[0]);
});

it("tells functions apart by their operations and the order of their results", () => {
  const [x, g] = draw([100]);
  const functions: ((a: Tensor, b: Tensor) => Tensor[])[] = [
    (a, b) => [a.sub(b), a.neg()],
    (a, b) => [b.sub(a), a.neg()],
    (a, b) => {
      const negative = a.neg();
      return [b.sub(a), negative];
    },
    (a, b) => [a.neg(), b.sub(a)],
    (a, b) => {
      const difference = b.sub(a);
      return [a.neg(), difference];
    },
    (a, b) => [where(a.greater(0), a, b), a],
    (a, b) => [where(a.greater(0), b, a), a],
    (a, b) => [a, where(a.greater(0), b, a)],
    (a, b) => [where(a.greater(0), b, a)],
    (a, b) => [a.cast("int32").cast("float32"), b],
  ];
  for (const fn of [...functions, ...functions]) {
    const fused = fuse(fn, [x, g]);
    if (fused !== undefined) expect(fused.map(bits)).toEqual(fn(x, g).map(bits));
  }
  expect(functions.slice(0, -1).every((fn) => fuse(fn, [x, g]) !== undefined)).toBe(true);
});

it("runs what a function does this time, though it does something else each time", () => {
  let calls = 0;
  const other = (x: Tensor): Tensor[] => [calls++ % 2 === 0 ? x.mul(2) : x.add(1)];
  const [x] = draw([100]);
  const [doubled, raised] = [bits(x.mul(2)), bits(x.add(1))];
  for (const expected of [doubled, raised, doubled]) expect(bits(fuse(other, [x])?.[0])).toEqual(expected);
  expect(bits(fuse((a) => [a.mul(2)], [x])?.[0])).toEqual(doubled);
});

it("does not take for its own what a function kept from the time before", () => {
  const [x] = draw([100]);
  let kept: Tensor | undefined;
  expect(bits(fuse((a) => [(kept = a.mul(2)).add(1)], [x])?.[0])).toEqual(bits(x.mul(2).add(1)));
  expect(fuse((a) => [a.add(kept as Tensor)], [x])).toBeUndefined();
  expect(fuse(() => [kept as Tensor], [x])).toBeUndefined();
  let first: Tensor | undefined;
  expect(fuse((a) => [a.add((first ??= a))], [x])?.map(bits)).toEqual([bits(x.add(x))]);
  expect(fuse((a) => [a.add((first ??= a))], [x])).toBeUndefined();
  expect(bits(fuse((a) => [a.add(a.mul(2))], [x])?.[0])).toEqual(bits(x.add(x.mul(2))));
});

it("leaves to its caller what it cannot do", () => {
  const few = draw([63]);
  expect(fuse(step(1), few)).toBeUndefined();
  const many = draw([100]);
  const [x] = many;
  expect(fuse((a) => [a.sub(a.sum({ axes: 1, keepDims: true }))], [x])).toBeUndefined();
  expect(fuse((a) => [a.add(few[0])], [x])).toBeUndefined();
  expect(fuse(() => [few[0]], [x])).toBeUndefined();
  expect(fuse((a) => [a.mul(a.sum().item())], [x])).toBeUndefined();
  expect(fuse((a) => [a.add(fuse((b) => [b.mul(2)], [x])?.[0] ?? 1)], [x])?.map(bits)).toEqual([bits(x.add(1))]);
  const turned = (a: Tensor): Tensor[] => {
    const [start, end] = a.split([3, 61], { axis: 1 });
    return [concat([end as Tensor, start as Tensor], { axis: 1 })];
  };
  expect(fuse(turned, [draw([2, 64])[0]])).toBeUndefined();
  expect(fuse((a) => [a.slice({ axis: 1, stop: 32 })], [draw([64, 64])[0]])).toBeUndefined();
  expect(fuse((a) => [a.greater(0)], [x])).toBeUndefined();
  expect(fuse((a) => [a.reshape([10, 10]).mul(2).reshape([100])], [x])).toBeUndefined();
  expect(fuse((a, b) => [a.add(b)], [draw([64, 2])[0], draw([2, 64])[0]])).toBeUndefined();
  expect(withBackend(referenceBackend, () => fuse(step(1), many))).toBeUndefined();
});
