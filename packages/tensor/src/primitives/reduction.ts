import { expectFloat } from "../dtype.js";
import { fail } from "../error.js";
import { formatShape, reducedShape, type Shape } from "../shape.js";
import type { Primitive, ShapedArray } from "./primitive.js";

/** Attributes of reductions: normalised axes, ascending. */
export interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Attributes of primitives that work along one normalised axis. */
export interface AxisAttributes {
  readonly axis: number;
}

/** Reduces axes; bool counts as int32. `empty: false` refuses zero-length axes. */
export function reduce({ empty }: { readonly empty: boolean }): (name: string) => Primitive<ReduceAttributes> {
  return (name) => ({
    name,
    infer([x], { axes, keepDims }) {
      const { shape, dtype } = x as ShapedArray;
      if (!empty) expectElements(name, shape, axes);
      return [{ shape: reducedShape(shape, axes, keepDims), dtype: dtype === "bool" ? "int32" : dtype }];
    },
  });
}

function expectElements(name: string, shape: Shape, axes: readonly number[]): void {
  if (axes.every((axis) => shape[axis] !== 0)) return;
  fail("shape", `${name}: has no value over a zero-length axis, got ${formatShape(shape)}; check the size first`);
}

/** The int32 position of the extreme along one axis, the first at ties; NaN wins. */
export function argReduce(name: string): Primitive<AxisAttributes> {
  return {
    name,
    infer([x], { axis }) {
      const { shape } = x as ShapedArray;
      expectElements(name, shape, [axis]);
      return [{ shape: reducedShape(shape, [axis], false), dtype: "int32" }];
    },
  };
}

/** Attributes of {@link cumsum}. */
export interface CumsumAttributes extends AxisAttributes {
  readonly reverse: boolean;
}

/** Running sum along an axis, inclusive. */
export const cumsum: Primitive<CumsumAttributes> = {
  name: "cumsum",
  infer([x]) {
    const { shape, dtype } = x as ShapedArray;
    return [{ shape, dtype: dtype === "bool" ? "int32" : dtype }];
  },
};

/** Attributes of {@link argsort}. */
export interface ArgsortAttributes extends AxisAttributes {
  readonly descending: boolean;
}

/** Stable order of the elements along an axis, int32; NaN last. */
export const argsort: Primitive<ArgsortAttributes> = {
  name: "argsort",
  infer([x]) {
    return [{ shape: (x as ShapedArray).shape, dtype: "int32" }];
  },
};

/** `softmax` or `logSoftmax` along one axis. */
export function normalizeExponentials(name: string): Primitive<AxisAttributes> {
  return {
    name,
    infer([x]) {
      const { shape, dtype } = x as ShapedArray;
      expectFloat(name, dtype);
      return [{ shape, dtype }];
    },
  };
}
