import { fail } from "../error.js";
import { broadcastStrides, checkShape, formatShape, isRowMajor, rowMajorStrides, sizeOf, type Shape } from "../shape.js";
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
    checkShape("reshape", shape);
    if (sizeOf(shape) !== sizeOf(input.shape)) {
      fail(
        "shape",
        `reshape: the number of elements must stay, got ${formatShape(input.shape)} to ${formatShape(shape)}; -1 lets one size follow`,
      );
    }
    return [{ shape, dtype: input.dtype }];
  },
  layouts(input, { shape }) {
    return isRowMajor(input) ? [{ shape, strides: rowMajorStrides(shape), offset: input.offset }] : undefined;
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
  layouts({ shape, strides, offset }, { axes }) {
    return [
      {
        shape: axes.map((axis) => shape[axis] as number),
        strides: axes.map((axis) => strides[axis] as number),
        offset,
      },
    ];
  },
};

/** Repeats axes of size 1, and new leading axes, without copying. */
export const broadcastTo: Primitive<ShapeAttributes> = {
  name: "broadcastTo",
  infer([x], { shape }) {
    const input = x as ShapedArray;
    checkShape("broadcastTo", shape);
    const added = shape.length - input.shape.length;
    const fits = added >= 0 && input.shape.every((length, axis) => length === 1 || length === shape[axis + added]);
    if (!fits)
      fail(
        "shape",
        `broadcastTo: ${formatShape(input.shape)} does not broadcast to ${formatShape(shape)}; only axes of size 1 repeat`,
      );
    return [{ shape, dtype: input.dtype }];
  },
  layouts(input, { shape }) {
    return [{ shape, strides: broadcastStrides(input, shape), offset: input.offset }];
  },
};

/** A strided part of each axis. */
export const slice: Primitive<SliceAttributes> = {
  name: "slice",
  infer([x], { starts, sizes, steps }) {
    const { shape, dtype } = x as ShapedArray;
    shape.forEach((length, axis) => {
      const size = sizes[axis] as number;
      const first = starts[axis] as number;
      const last = first + (size - 1) * (steps[axis] as number);
      if (size > 0 && (first < 0 || first >= length || last < 0 || last >= length)) {
        fail("range", `slice: positions ${first}..${last} of axis ${axis} lie outside ${formatShape(shape)}`);
      }
    });
    return [{ shape: sizes, dtype }];
  },
  layouts({ strides, offset }, { starts, sizes, steps }) {
    let first = offset;
    if (sizeOf(sizes) > 0) strides.forEach((stride, axis) => (first += stride * (starts[axis] as number)));
    return [{ shape: sizes, strides: strides.map((stride, axis) => stride * (steps[axis] as number)), offset: first }];
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
    return sizes.map((size) => ({ shape: withAxis(shape, axis, size), dtype }));
  },
  layouts({ shape, strides, offset }, { axis, sizes }) {
    let start = 0;
    return sizes.map((size) => {
      const part = { shape: withAxis(shape, axis, size), strides, offset: offset + start * (strides[axis] as number) };
      start += size;
      return part;
    });
  },
};

function withAxis(shape: Shape, axis: number, length: number): number[] {
  const changed = [...shape];
  changed[axis] = length;
  return changed;
}
