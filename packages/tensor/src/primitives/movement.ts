import { fail } from "../error.js";
import { promote } from "../promotion.js";
import { formatShape, sameShape } from "../shape.js";
import type { Primitive, ShapedArray } from "./primitive.js";
import type { AxisAttributes } from "./reduction.js";

/** Joins tensors along one axis; the other axes agree. */
export const concat: Primitive<AxisAttributes> = {
  name: "concat",
  infer(inputs, { axis }) {
    const first = inputs[0] as ShapedArray;
    let dtype = first.dtype;
    let length = 0;
    for (const input of inputs) {
      const agrees =
        input.shape.length === first.shape.length &&
        input.shape.every((size, index) => index === axis || size === first.shape[index]);
      if (!agrees) {
        fail(
          "shape",
          `concat: shapes must agree except on axis ${axis}, got ${formatShape(first.shape)} and ${formatShape(input.shape)}; pad or slice them first`,
        );
      }
      length += input.shape[axis] as number;
      dtype = promote(dtype, input.dtype);
    }
    return [{ shape: first.shape.map((size, index) => (index === axis ? length : size)), dtype }];
  },
};

/** Attributes of {@link pad}: elements to add before and after each axis. */
export interface PadAttributes {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
}

/** Adds a constant border. */
export const pad: Primitive<PadAttributes> = {
  name: "pad",
  infer([x], { before, after }) {
    const { shape, dtype } = x as ShapedArray;
    if (
      before.length !== shape.length ||
      after.length !== shape.length ||
      [...before, ...after].some((n) => !(n >= 0) || n % 1 > 0)
    ) {
      fail(
        "shape",
        `pad: needs one count >= 0 per axis of ${formatShape(shape)}, got ${formatShape(before)} and ${formatShape(after)}`,
      );
    }
    return [{ shape: shape.map((size, axis) => size + (before[axis] as number) + (after[axis] as number)), dtype }];
  },
};

function checkIndices(name: string, indices: ShapedArray): void {
  if (indices.dtype !== "int32") fail("dtype", `${name}: indices must be int32, got ${indices.dtype}; cast("int32") first`);
}

/** Whole slices of `x` along `axis` at `indices`: the axis is replaced by the shape of the indices. */
export const take: Primitive<AxisAttributes> = {
  name: "take",
  infer([x, indices], { axis }) {
    const source = x as ShapedArray;
    const positions = indices as ShapedArray;
    checkIndices("take", positions);
    return [
      { shape: [...source.shape.slice(0, axis), ...positions.shape, ...source.shape.slice(axis + 1)], dtype: source.dtype },
    ];
  },
};

// What is added must have the shape that `gather` gives at the same indices.
function scatter(name: string, gather: Primitive<AxisAttributes>): Primitive<AxisAttributes> {
  return {
    name,
    infer([x, indices, updates], { axis }) {
      const target = x as ShapedArray;
      const added = updates as ShapedArray;
      const expected = gather.infer([target, indices as ShapedArray], { axis })[0] as ShapedArray;
      if (!sameShape(expected.shape, added.shape)) {
        fail(
          "shape",
          `${name}: updates must have shape ${formatShape(expected.shape)}, got ${formatShape(added.shape)}; use broadcastTo`,
        );
      }
      return [{ shape: target.shape, dtype: promote(target.dtype, added.dtype) }];
    },
  };
}

/** `x` with `updates` added at `indices` along `axis`; repeated indices add up. The adjoint of {@link take}. */
export const scatterAdd: Primitive<AxisAttributes> = scatter("scatterAdd", take);

/** One element per index along `axis`; `indices` has the rank of `x` and its sizes on the other axes. */
export const takeAlong: Primitive<AxisAttributes> = {
  name: "takeAlong",
  infer([x, indices], { axis }) {
    const source = x as ShapedArray;
    const positions = indices as ShapedArray;
    checkIndices("takeAlong", positions);
    const agrees =
      source.shape.length === positions.shape.length &&
      source.shape.every((size, index) => index === axis || size === positions.shape[index]);
    if (!agrees) {
      fail(
        "shape",
        `takeAlong: indices must match x except on axis ${axis}, got ${formatShape(positions.shape)} for ${formatShape(source.shape)}; take() gathers whole slices`,
      );
    }
    return [{ shape: positions.shape, dtype: source.dtype }];
  },
};

/** `x` with each update added at its index along `axis`. The adjoint of {@link takeAlong}. */
export const scatterAddAlong: Primitive<AxisAttributes> = scatter("scatterAddAlong", takeAlong);
