import { expectFloat, type DType } from "../dtype.js";
import { fail } from "../error.js";
import { promote } from "../promotion.js";
import { broadcastShapes } from "../shape.js";
import type { Primitive, ShapedArray } from "./primitive.js";

/** Same shape and dtype out; int32 is refused unless `integers` is set, bool in any case. */
export function unary({ integers = false }: { readonly integers?: boolean } = {}): (name: string) => Primitive {
  return (name) => ({
    name,
    infer([x]) {
      const { shape, dtype } = x as ShapedArray;
      if (!integers) expectFloat(name, dtype);
      if (dtype === "bool") fail("dtype", `${name}: is not defined on bool; cast("int32") first`);
      return [{ shape, dtype }];
    },
  });
}

/** Two operands broadcast together; `output` fixes the dtype of the result, else it is promoted. */
export function binary({ output, minimum = "bool" }: { readonly output?: DType; readonly minimum?: DType } = {}): (
  name: string,
) => Primitive {
  return (name) => ({
    name,
    infer([a, b]) {
      const left = a as ShapedArray;
      const right = b as ShapedArray;
      const shape = broadcastShapes(name, left.shape, right.shape);
      return [{ shape, dtype: output ?? promote(promote(left.dtype, right.dtype), minimum) }];
    },
  });
}

/** `condition ? a : b`, all three broadcast together; condition is bool. */
export const where: Primitive = {
  name: "where",
  infer([condition, a, b]) {
    const mask = condition as ShapedArray;
    const left = a as ShapedArray;
    const right = b as ShapedArray;
    if (mask.dtype !== "bool") fail("dtype", `where: the condition must be bool, got ${mask.dtype}; compare first`);
    const shape = broadcastShapes("where", mask.shape, broadcastShapes("where", left.shape, right.shape));
    return [{ shape, dtype: promote(left.dtype, right.dtype) }];
  },
};

/** Attributes of {@link cast}. */
export interface CastAttributes {
  readonly dtype: DType;
}

/** Converts elements: float to int32 truncates (NaN gives 0), anything to bool is `!= 0`. */
export const cast: Primitive<CastAttributes> = {
  name: "cast",
  infer([x], { dtype }) {
    return [{ shape: (x as ShapedArray).shape, dtype }];
  },
};

/** A contiguous copy. */
export const copy: Primitive = {
  name: "copy",
  infer([x]) {
    const { shape, dtype } = x as ShapedArray;
    return [{ shape, dtype }];
  },
};
