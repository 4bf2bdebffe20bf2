import { expectFloat } from "../dtype.js";
import { fail } from "../error.js";
import { promote } from "../promotion.js";
import { broadcastShapes, formatShape } from "../shape.js";
import type { Primitive, ShapedArray } from "./primitive.js";

/** `[…, m, k] x [… , k, n] -> […, m, n]`, batch axes broadcast. */
export const matmul: Primitive = {
  name: "matmul",
  infer([a, b]) {
    const left = a as ShapedArray;
    const right = b as ShapedArray;
    if (left.shape.length < 2 || right.shape.length < 2) {
      fail("shape", `matmul: both operands need rank >= 2, got ${formatShapes(left, right)}; unsqueeze a vector first`);
    }
    const inner = left.shape.at(-1) as number;
    if (inner !== right.shape.at(-2)) {
      const remedy = inner === right.shape.at(-1) ? "; did you mean other.transpose()?" : "";
      fail("shape", `matmul: inner dimensions must agree, got ${formatShapes(left, right)}${remedy}`);
    }
    const dtype = promote(left.dtype, right.dtype);
    expectFloat("matmul", dtype);
    const shape = [left.shape.at(-2) as number, right.shape.at(-1) as number];
    if (left.shape.length === 2 && right.shape.length === 2) return [{ shape, dtype }];
    const batch = broadcastShapes("matmul", left.shape.slice(0, -2), right.shape.slice(0, -2));
    return [{ shape: [...batch, ...shape], dtype }];
  },
};

function formatShapes(left: ShapedArray, right: ShapedArray): string {
  return `${formatShape(left.shape)} x ${formatShape(right.shape)}`;
}
