import { fail } from "../error.js";
import { broadcastStrides, checkShape, formatShape, sizeOf, viewStrides, type Shape } from "../shape.js";
import type { Primitive, ShapedArray } from "./primitive.js";
import type { AxisAttributes } from "./reduction.js";

/** Attributes of {@link reshape} and {@link broadcastTo}. */
export interface ShapeAttributes {
  readonly shape: Shape;
}

/** Attributes of {@link permute}. */
export interface PermuteAttributes {
  readonly axes: readonly number[];
}

/** Attributes of {@link slice}, one entry per axis; a negative step walks down from `start`. */
export interface SliceAttributes {
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  readonly steps: readonly number[];
}

/** Attributes of {@link split}. */
export interface SplitAttributes extends AxisAttributes {
  readonly sizes: readonly number[];
}

/** Same elements in row-major order under another shape; a view where the input is contiguous. */
export const reshape: Primitive<ShapeAttributes> = {
  name: "reshape",
  infer([x], { shape }) {
    const input = x as ShapedArray;
    if (sizeOf(shape) !== sizeOf(input.shape)) {
      fail(
        "shape",
        `reshape: the number of elements must stay, got ${formatShape(input.shape)} to ${formatShape(shape)}; -1 lets one size follow`,
      );
    }
    return [{ shape: checkShape("reshape", shape), dtype: input.dtype }];
  },
  layouts(input, { shape }) {
    const { offset } = input;
    if (input.isContiguous) return [{ offset }];
    const strides = viewStrides(input, shape);
    return strides && [{ strides, offset }];
  },
};

/** Axes in another order. */
export const permute: Primitive<PermuteAttributes> = {
  name: "permute",
  infer([x], { axes }) {
    const { shape, dtype } = x as ShapedArray;
    if (axes.length !== shape.length || shape.some((_, axis) => !axes.includes(axis))) {
      fail("axis", `permute: axes must name each axis of ${formatShape(shape)} once, got ${formatShape(axes)}`);
    }
    return [{ shape: axes.map((axis) => shape[axis] as number), dtype }];
  },
  layouts({ strides, offset }, { axes }) {
    return [{ strides: axes.map((axis) => strides[axis] as number), offset }];
  },
};

/** Repeats axes of size 1, and new leading axes, without copying. */
export const broadcastTo: Primitive<ShapeAttributes> = {
  name: "broadcastTo",
  infer([x], { shape }) {
    const input = x as ShapedArray;
    const checked = checkShape("broadcastTo", shape);
    const added = shape.length - input.shape.length;
    const fits = added >= 0 && input.shape.every((length, axis) => length === 1 || length === shape[axis + added]);
    if (!fits)
      fail(
        "shape",
        `broadcastTo: ${formatShape(input.shape)} does not broadcast to ${formatShape(shape)}; only axes of size 1 repeat`,
      );
    return [{ shape: checked, dtype: input.dtype }];
  },
  layouts(input, { shape }) {
    return [{ strides: broadcastStrides(input, shape), offset: input.offset }];
  },
};

/** A strided part of each axis. */
export const slice: Primitive<SliceAttributes> = {
  name: "slice",
  infer([x], { sizes }) {
    const { dtype } = x as ShapedArray;
    return [{ shape: sizes, dtype }];
  },
  layouts({ strides, offset }, { starts, sizes, steps }) {
    let first = offset;
    if (sizeOf(sizes) > 0) strides.forEach((stride, axis) => (first += stride * (starts[axis] as number)));
    return [{ strides: strides.map((stride, axis) => stride * (steps[axis] as number)), offset: first }];
  },
};

/** Consecutive parts along one axis, each a view. */
export const split: Primitive<SplitAttributes> = {
  name: "split",
  infer([x], { axis, sizes }) {
    const { shape, dtype } = x as ShapedArray;
    checkShape("split", sizes);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total !== shape[axis]) {
      fail(
        "shape",
        `split: sizes must add up to axis ${axis} of ${formatShape(shape)}, got ${formatShape(sizes)}, ${total} in all`,
      );
    }
    return sizes.map((size) => ({ shape: shape.with(axis, size), dtype }));
  },
  layouts({ strides, offset }, { axis, sizes }) {
    let next = offset;
    return sizes.map((size) => {
      const part = { strides, offset: next };
      next += size * (strides[axis] as number);
      return part;
    });
  },
};
