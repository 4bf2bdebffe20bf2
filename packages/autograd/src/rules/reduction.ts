import {
  arange,
  type AxisAttributes,
  type CumsumAttributes,
  type PrimitiveName,
  type ReduceAttributes,
  type ShapedArray,
  type Tensor,
  where,
} from "@unroll/tensor";

import type { InputRule, VjpContext, VjpRule } from "../rule.js";

// Gives a reduced tensor back its axes of size 1.
function restore(reduced: Tensor, { node }: VjpContext, { axes }: ReduceAttributes): Tensor {
  const { shape } = node.inputs[0] as ShapedArray;
  return reduced.reshape(shape.map((length, axis) => (axes.includes(axis) ? 1 : length)));
}

// Ties share the gradient equally.
const extreme: InputRule<ReduceAttributes> = {
  inputs: [0],
  output: true,
  vjp(g, context, attributes) {
    const wins = context
      .input(0)
      .equal(restore(context.output(), context, attributes))
      .cast(g.dtype);
    return restore(g, context, attributes)
      .mul(wins)
      .div(wins.sum({ axes: attributes.axes, keepDims: true }));
  },
};

// The product of the other elements, by an n x n table, so that zeros are exact.
const product: InputRule<ReduceAttributes> = {
  inputs: [0],
  vjp(g, context, { axes }) {
    const x = context.input(0);
    const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const order = [...kept, ...axes];
    const moved = x.permute(order);
    const rest = kept.reduce((size, axis) => size * (x.shape[axis] as number), 1);
    const n = axes.reduce((size, axis) => size * (x.shape[axis] as number), 1);
    const diagonal = arange(n).reshape([n, 1]).equal(arange(n));
    const others = where(diagonal, 1, moved.reshape([rest, 1, n])).prod({ axes: 2 });
    const back = others.mul(g.reshape([rest, 1])).reshape(moved.shape);
    return back.permute(order.map((_, axis) => order.indexOf(axis)));
  },
};

/** Reductions and primitives along one axis. */
export const reductionRules: Readonly<Partial<Record<PrimitiveName, VjpRule>>> = {
  sum: [
    {
      vjp: (g: Tensor, context: VjpContext, attributes: ReduceAttributes) =>
        restore(g, context, attributes).broadcastTo((context.node.inputs[0] as ShapedArray).shape),
    },
  ],
  prod: [product],
  max: [extreme],
  min: [extreme],
  cumsum: [{ vjp: (g: Tensor, _, { axis, reverse }: CumsumAttributes) => g.cumsum({ axis, reverse: !reverse }) }],
  softmax: [
    {
      output: true,
      vjp(g: Tensor, { output }: VjpContext, { axis }: AxisAttributes) {
        const y = output();
        return y.mul(g.sub(g.mul(y).sum({ axes: axis, keepDims: true })));
      },
    },
  ],
  logSoftmax: [
    {
      output: true,
      vjp: (g: Tensor, { output }: VjpContext, { axis }: AxisAttributes) =>
        g.sub(
          output()
            .exp()
            .mul(g.sum({ axes: axis, keepDims: true })),
        ),
    },
  ],
};
