import { concat, createGenerator, normal, referenceBackend, where, withBackend, type Tensor } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";
import { beforeAll, expect, it } from "vitest";

import { fuse } from "./fuse.js";
import type { Tensors } from "./trace/trace-step.js";

beforeAll(async () => {
  await useWasm();
});

const step =
  (rate: number) =>
  ({ x, g, m }: Tensors): Record<"moved" | "mean", Tensor> => {
    const mean = (m as Tensor).mul(0.9).add((g as Tensor).mul(1 - 0.9));
    return { moved: (x as Tensor).sub(mean.div((g as Tensor).square().sqrt().add(1e-8)).mul(rate)), mean };
  };
const draw = (shape: readonly number[]): Tensors => {
  const generator = createGenerator(4);
  return { x: normal(shape, { generator }), g: normal(shape, { generator }), m: normal(shape, { generator }) };
};
const bits = (x: Tensor | undefined): number[] => Array.from(x?.toTypedArray() ?? []);

it.each([[[64]], [[1000]], [[7, 31, 5]], [[65_537]]])("gives the bits of the operations, for any number in them: %j", (shape) => {
  const inputs = draw(shape);
  const before = Object.values(inputs).map(bits);
  for (const rate of [0.1, 0, 1, 0.1]) {
    const fused = fuse(step(rate), inputs);
    const expected = step(rate)(inputs);
    expect(fused?.moved?.shape).toEqual(shape);
    expect([bits(fused?.moved), bits(fused?.mean)]).toEqual([bits(expected.moved), bits(expected.mean)]);
  }
  expect(Object.values(inputs).map(bits)).toEqual(before);
});

it("takes strided inputs, and gives one tensor for two names of a value", () => {
  const { x, g, m } = draw([20, 30]);
  const turned = { x: x?.transpose() as Tensor, g: g?.transpose() as Tensor, m: m?.transpose() as Tensor };
  expect(bits(fuse(step(0.5), turned)?.moved)).toEqual(bits(step(0.5)(turned).moved));
  const same = fuse(({ x: a }) => ({ first: (a as Tensor).neg(), second: (a as Tensor).neg(), third: a as Tensor }), {
    x: x as Tensor,
  });
  expect([bits(same?.first), bits(same?.third)]).toEqual([bits(x?.neg()), bits(x)]);
  expect(same?.second).toBe(same?.first);
});

it("tells functions apart by their operations, their order and the names of their results", () => {
  const inputs = draw([100]);
  const [x, g] = [inputs.x as Tensor, inputs.g as Tensor];
  const functions: ((tensors: Tensors) => Tensors)[] = [
    ({ x: a, g: b }) => ({ y: (a as Tensor).sub(b as Tensor), z: (a as Tensor).neg() }),
    ({ x: a, g: b }) => ({ y: (b as Tensor).sub(a as Tensor), z: (a as Tensor).neg() }),
    ({ x: a, g: b }) => ({ z: (b as Tensor).sub(a as Tensor), y: (a as Tensor).neg() }),
    ({ x: a, g: b }) => ({ y: where((a as Tensor).greater(0), a as Tensor, b as Tensor), z: a as Tensor }),
    ({ x: a, g: b }) => ({ y: where((a as Tensor).greater(0), b as Tensor, a as Tensor), z: a as Tensor }),
    ({ x: a, g: b }) => ({ y: (a as Tensor).cast("int32").cast("float32"), z: b as Tensor }),
  ];
  for (const fn of [...functions, ...functions]) {
    const fused = fuse(fn, { x, g });
    const expected = fn({ x, g });
    if (fused !== undefined) expect([bits(fused.y), bits(fused.z)]).toEqual([bits(expected.y), bits(expected.z)]);
  }
  expect(functions.slice(0, 5).map((fn) => fuse(fn, { x, g }) !== undefined)).toEqual([true, true, true, true, true]);
});

it("runs what a function does this time, though it does something else each time", () => {
  let calls = 0;
  const other = ({ x }: Tensors): Tensors => ({ y: calls++ % 2 === 0 ? (x as Tensor).mul(2) : (x as Tensor).add(1) });
  const inputs = { x: draw([100]).x as Tensor };
  const [doubled, raised] = [bits(inputs.x.mul(2)), bits(inputs.x.add(1))];
  for (const expected of [doubled, raised, doubled]) expect(bits(fuse(other, inputs)?.y)).toEqual(expected);
  expect(bits(fuse(({ x }) => ({ y: (x as Tensor).mul(2) }), inputs)?.y)).toEqual(doubled);
});

it("leaves to its caller what it cannot do", () => {
  const few = draw([63]);
  expect(fuse(step(1), few)).toBeUndefined();
  const many = draw([100]);
  expect(fuse(({ x }) => ({ y: (x as Tensor).sub((x as Tensor).sum({ axes: 1, keepDims: true })) }), many)).toBeUndefined();
  expect(fuse(({ x }) => ({ y: (x as Tensor).add(few.x as Tensor) }), few)).toBeUndefined();
  expect(fuse(({ x }) => ({ y: (x as Tensor).mul((x as Tensor).sum().item()) }), many)).toBeUndefined();
  const turned = ({ x }: Tensors): Tensors => {
    const [start, end] = (x as Tensor).split([3, 61], { axis: 1 });
    return { y: concat([end as Tensor, start as Tensor], { axis: 1 }) };
  };
  expect(fuse(turned, draw([2, 64]))).toBeUndefined();
  expect(fuse(({ x }) => ({ y: (x as Tensor).slice({ axis: 1, stop: 32 }) }), draw([64, 64]))).toBeUndefined();
  expect(fuse(({ x }) => ({ y: (x as Tensor).greater(0) }), many)).toBeUndefined();
  expect(
    fuse(({ x, g }) => ({ y: (x as Tensor).add(g as Tensor) }), { x: draw([64, 2]).x as Tensor, g: draw([2, 64]).g as Tensor }),
  ).toBeUndefined();
  expect(withBackend(referenceBackend, () => fuse(step(1), many))).toBeUndefined();
});
