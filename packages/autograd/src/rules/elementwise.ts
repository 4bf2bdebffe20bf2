import { isFloat, where, type PrimitiveName, type Tensor } from "@unroll/tensor";

import type { InputRule, VjpContext, VjpRule } from "../rule.js";

type Local = (g: Tensor, value: Tensor) => Tensor;

const fromInput = (vjp: Local): VjpRule => [{ inputs: [0], vjp: (g, context) => vjp(g, context.input(0)) }];
const fromOutput = (vjp: Local): VjpRule => [{ output: true, vjp: (g, context) => vjp(g, context.output()) }];
const linear = (vjp: (g: Tensor) => Tensor): InputRule => ({ vjp });

// 1 where `mine` wins, 1/2 at ties, 0 elsewhere.
const share = (g: Tensor, wins: Tensor, ties: Tensor): Tensor => g.mul(wins.cast(g.dtype).add(ties.cast(g.dtype).mul(0.5)));
const extreme = (mine: number, other: number, wins: (a: Tensor, b: Tensor) => Tensor): InputRule => ({
  inputs: [0, 1],
  vjp: (g, { input }: VjpContext) => share(g, wins(input(mine), input(other)), input(0).equal(input(1))),
});
const greater = (a: Tensor, b: Tensor): Tensor => a.greater(b);
const less = (a: Tensor, b: Tensor): Tensor => a.less(b);

/** Element-wise primitives; results are summed back over broadcast axes by the tape. */
export const elementwiseRules: Readonly<Partial<Record<PrimitiveName, VjpRule>>> = {
  neg: [linear((g) => g.neg())],
  abs: fromInput((g, x) => g.mul(x.sign())), // 0 at 0
  sign: [linear((g) => g.mul(0))],
  exp: fromOutput((g, y) => g.mul(y)),
  expm1: fromOutput((g, y) => g.mul(y.add(1))),
  log: fromInput((g, x) => g.div(x)),
  log1p: fromInput((g, x) => g.div(x.add(1))),
  sqrt: fromOutput((g, y) => g.div(y.mul(2))), // Infinity at 0
  sin: fromInput((g, x) => g.mul(x.cos())),
  cos: fromInput((g, x) => g.mul(x.sin()).neg()),
  tanh: fromOutput((g, y) => g.mul(y.mul(y).neg().add(1))),
  sigmoid: fromOutput((g, y) => g.mul(y.mul(y.neg().add(1)))),
  relu: fromOutput((g, y) => g.mul(y.greater(0).cast(g.dtype))), // 0 at 0
  add: [linear((g) => g)],
  sub: [linear((g) => g), linear((g) => g.neg())],
  mul: [
    { inputs: [1], vjp: (g, { input }) => g.mul(input(1)) },
    { inputs: [0], vjp: (g, { input }) => g.mul(input(0)) },
  ],
  div: [
    { inputs: [1], vjp: (g, { input }) => g.div(input(1)) },
    { inputs: [1], output: true, vjp: (g, { input, output }) => g.mul(output()).div(input(1)).neg() },
  ],
  pow: [
    {
      inputs: [0, 1],
      vjp: (g, { input }) => {
        const exponent = input(1);
        const flat = exponent.equal(0); // x^0 is flat, at 0 too
        return g.mul(exponent).mul(input(0).pow(where(flat, 1, exponent).sub(1)));
      },
    },
    {
      inputs: [0],
      output: true,
      vjp: (g, { input, output }) => {
        const base = input(0);
        const atZero = base.equal(0);
        return g.mul(output()).mul(where(atZero, 1, base).log()); // 0 where the base is 0
      },
    },
  ],
  maximum: [extreme(0, 1, greater), extreme(1, 0, greater)],
  minimum: [extreme(0, 1, less), extreme(1, 0, less)],
  where: [
    null,
    { inputs: [0], vjp: (g, { input }) => where(input(0), g, 0) },
    { inputs: [0], vjp: (g, { input }) => where(input(0), 0, g) },
  ],
  cast: [
    {
      vjp: (g, { node }) => {
        const { dtype } = node.inputs[0] as { dtype: Tensor["dtype"] };
        return isFloat(dtype) ? g.cast(dtype) : g;
      },
    },
  ],
  copy: [linear((g) => g)],
};
