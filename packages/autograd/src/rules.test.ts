import {
  concat,
  createGenerator,
  dispatchOne,
  normal,
  pad,
  primitives,
  tensor,
  uniform,
  where,
  type PrimitiveName,
  type Tensor,
} from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import { gradcheck, nonDifferentiable, vjpRules } from "./index.js";

const generator = createGenerator(11);
const real = (...shape: number[]): Tensor => normal(shape, { generator, dtype: "float64" });
const positive = (...shape: number[]): Tensor => uniform(shape, { generator, low: 0.5, high: 2, dtype: "float64" });
const index = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

type Check = readonly [fn: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[]];

const unary = (name: PrimitiveName, x: Tensor): Check => [(a) => dispatchOne(primitives[name], [a]), [x]];
const binary = (name: PrimitiveName, a: Tensor, b: Tensor): Check => [(x, y) => dispatchOne(primitives[name], [x, y]), [a, b]];
const two = (fn: (a: Tensor, b: Tensor) => Tensor, a: Tensor, b: Tensor): Check => [(x, y) => fn(x, y), [a, b]];
const one = (fn: (a: Tensor) => Tensor, a: Tensor): Check => [(x) => fn(x), [a]];

const checks: Readonly<Partial<Record<PrimitiveName, readonly Check[]>>> = {
  ...Object.fromEntries(
    (["neg", "abs", "sign", "exp", "expm1", "sin", "cos", "tanh", "sigmoid", "relu", "copy"] as const).map((name) => [
      name,
      [unary(name, real(3, 4))],
    ]),
  ),
  ...Object.fromEntries((["log", "log1p", "sqrt"] as const).map((name) => [name, [unary(name, positive(3, 4))]])),
  ...Object.fromEntries(
    (["add", "sub", "mul", "maximum", "minimum"] as const).map((name) => [
      name,
      [binary(name, real(3, 4), real(4)), binary(name, real(2, 1, 4), real(3, 1)), binary(name, real(), real(3))],
    ]),
  ),
  div: [binary("div", real(3, 4), positive(4)), binary("div", real(1, 4), positive(3, 1))],
  pow: [binary("pow", positive(3, 4), real(4))],
  where: [two((a, b) => where(tensor([[true], [false], [true]]), a, b), real(3, 4), real(4))],
  cast: [one((x) => x.cast("float64").mul(2), real(3))],
  sum: [
    one((x) => x.sum({ axes: [0, 2] }).mul(tensor([1, 2, 3], { dtype: "float64" })), real(2, 3, 4)),
    one((x) => x.sum({ axes: 1, keepDims: true }).square(), real(2, 3)),
  ],
  prod: [one((x) => x.prod({ axes: [0, 2] }), real(2, 3, 2)), one((x) => x.prod(), tensor([0, 2, 3], { dtype: "float64" }))],
  max: [one((x) => x.max({ axes: 1 }).square(), real(3, 4))],
  min: [one((x) => x.min().square(), real(3, 4))],
  cumsum: [
    one((x) => x.cumsum({ axis: 1 }).square(), real(2, 4)),
    one((x) => x.cumsum({ axis: 0, reverse: true }).square(), real(3, 2)),
  ],
  softmax: [one((x) => x.softmax({ axis: 0 }).square(), real(3, 4))],
  logSoftmax: [one((x) => x.logSoftmax().square(), real(3, 4))],
  matmul: [
    two((a, b) => a.matmul(b).square(), real(3, 4), real(4, 2)),
    two((a, b) => a.transpose().matmul(b.transpose()).square(), real(4, 3), real(2, 4)),
    two((a, b) => a.matmul(b).square(), real(2, 1, 3, 4), real(5, 4, 2)),
  ],
  reshape: [one((x) => x.transpose().reshape([2, 6]).square(), real(4, 3))],
  permute: [one((x) => x.permute([2, 0, 1]).cumsum({ axis: 0 }).square(), real(2, 3, 4))],
  broadcastTo: [one((x) => x.broadcastTo([5, 3, 4]).cumsum({ axis: 0 }).square(), real(3, 1))],
  slice: [
    one((x) => x.slice({ axis: 1, start: 1, stop: 3 }).square(), real(2, 4)),
    one((x) => x.slice({ axis: 0, step: -2 }).square(), real(5, 2)),
  ],
  split: [
    one(
      (x) => {
        const [a, , c] = x.split([1, 2, 2], { axis: 1 }) as [Tensor, Tensor, Tensor];
        return a.mul(c).square();
      },
      real(3, 5),
    ),
  ],
  concat: [two((a, b) => concat([a, b, a], { axis: 1 }).cumsum({ axis: 1 }).square(), real(2, 3), real(2, 2))],
  pad: [
    one(
      (x) =>
        pad(x, { before: [1, 0], after: [0, 2], value: 3 })
          .cumsum({ axis: 1 })
          .square(),
      real(2, 3),
    ),
  ],
  take: [
    one((x) => x.take(index(2, 0, 2), { axis: 0 }).square(), real(3, 4)),
    one((x) => x.take(index(1, 1), { axis: 1 }).square(), real(3, 4)),
  ],
  scatterAdd: [two((x, u) => x.scatterAdd(index(1, 1, 0), u, { axis: 0 }).square(), real(3, 2), real(3, 2))],
  takeAlong: [
    one(
      (x) =>
        x
          .takeAlong(
            tensor(
              [
                [0, 0],
                [2, 1],
              ],
              { dtype: "int32" },
            ),
            { axis: 1 },
          )
          .square(),
      real(2, 3),
    ),
  ],
  scatterAddAlong: [
    two(
      (x, u) =>
        x
          .scatterAddAlong(
            tensor(
              [
                [0, 0],
                [2, 1],
              ],
              { dtype: "int32" },
            ),
            u,
            { axis: 1 },
          )
          .square(),
      real(2, 3),
      real(2, 2),
    ),
  ],
};

describe("derivatives", () => {
  for (const name of Object.keys(primitives) as PrimitiveName[]) {
    if (nonDifferentiable.includes(name)) {
      it(`${name} is declared to have none`, () => expect(vjpRules[name]).toBeUndefined());
      continue;
    }
    it(`${name} agrees with central differences, once and twice`, () => {
      expect(vjpRules[name]?.length, "a rule").toBeGreaterThan(0);
      expect(checks[name]?.length, "a check").toBeGreaterThan(0);
      for (const [fn, inputs] of checks[name] ?? []) {
        const once = gradcheck(fn, inputs);
        expect(once.ok, once.message).toBe(true);
        const twice = gradcheck(fn, inputs, { order: 2 });
        expect(twice.ok, `second derivative ${twice.message}`).toBe(true);
      }
    });
  }
});
