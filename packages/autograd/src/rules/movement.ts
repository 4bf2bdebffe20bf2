import {
  arange,
  concat,
  pad,
  zeros,
  type AxisAttributes,
  type PadAttributes,
  type PermuteAttributes,
  type PrimitiveName,
  type ShapedArray,
  type SliceAttributes,
  type SplitAttributes,
  type Tensor,
} from "@unroll/tensor";

import type { InputRule, VjpContext, VjpRule } from "../rule.js";
import { sumTo } from "../sum-to.js";

const source = ({ node }: VjpContext): ShapedArray => node.inputs[0] as ShapedArray;
const zerosOfSource = (context: VjpContext, g: Tensor): Tensor => zeros(source(context).shape, { dtype: g.dtype });
const through: InputRule = { vjp: (g) => g };

const sliceRule: InputRule<SliceAttributes> = {
  vjp(g, context, { starts, sizes, steps }) {
    const { shape } = source(context);
    let spread = g;
    const before = [...starts];
    steps.forEach((step, axis) => {
      const [length, start, size] = [shape[axis] as number, starts[axis] as number, sizes[axis] as number];
      if (step === 1) return;
      before[axis] = 0;
      const target = zeros(
        spread.shape.map((own, index) => (index === axis ? length : own)),
        { dtype: g.dtype },
      );
      spread = target.scatterAdd(arange(size).mul(step).add(start), spread, { axis });
    });
    const after = shape.map((length, axis) => length - (before[axis] as number) - (spread.shape[axis] as number));
    return pad(spread, { before, after });
  },
};

const concatRule: InputRule<AxisAttributes> = {
  vjp(g, { node, index }, { axis }) {
    const lengths = node.inputs.map(({ shape }) => shape[axis] as number);
    const start = lengths.slice(0, index).reduce((sum, length) => sum + length, 0);
    return g.slice({ axis, start, stop: start + (lengths[index] as number) });
  },
};

/** Views, matrix products, joining and indexing. */
export const movementRules: Readonly<Partial<Record<PrimitiveName, VjpRule>>> = {
  reshape: [{ vjp: (g, context) => g.reshape(source(context).shape) }],
  permute: [{ vjp: (g: Tensor, _, { axes }: PermuteAttributes) => g.permute(axes.map((_, axis) => axes.indexOf(axis))) }],
  broadcastTo: [{ vjp: (g, context) => sumTo(g, source(context).shape) }],
  slice: [sliceRule],
  split: [{ vjp: (_: Tensor, context: VjpContext, { axis }: SplitAttributes) => concat(context.cotangents(), { axis }) }],
  matmul: [
    { inputs: [1], vjp: (g, { input, node }) => sumTo(g.matmul(input(1).transpose()), (node.inputs[0] as ShapedArray).shape) },
    { inputs: [0], vjp: (g, { input, node }) => sumTo(input(0).transpose().matmul(g), (node.inputs[1] as ShapedArray).shape) },
  ],
  concat: [concatRule],
  pad: [
    {
      vjp(g: Tensor, context: VjpContext, { before }: PadAttributes) {
        return source(context).shape.reduce(
          (part, length, axis) => part.slice({ axis, start: before[axis] as number, stop: (before[axis] as number) + length }),
          g,
        );
      },
    },
  ],
  take: [
    {
      inputs: [1],
      vjp: (g: Tensor, context: VjpContext, { axis }: AxisAttributes) =>
        zerosOfSource(context, g).scatterAdd(context.input(1), g, { axis }),
    },
    null,
  ],
  scatterAdd: [
    through,
    null,
    { inputs: [1], vjp: (g: Tensor, { input }: VjpContext, { axis }: AxisAttributes) => g.take(input(1), { axis }) },
  ],
  takeAlong: [
    {
      inputs: [1],
      vjp: (g: Tensor, context: VjpContext, { axis }: AxisAttributes) =>
        zerosOfSource(context, g).scatterAddAlong(context.input(1), g, { axis }),
    },
    null,
  ],
  scatterAddAlong: [
    through,
    null,
    { inputs: [1], vjp: (g: Tensor, { input }: VjpContext, { axis }: AxisAttributes) => g.takeAlong(input(1), { axis }) },
  ],
};
