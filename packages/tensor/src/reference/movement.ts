import type { Kernel } from "../backend.js";
import type { DenseTensor } from "../dense.js";
import type { PadAttributes } from "../primitives/movement.js";
import type { AxisAttributes } from "../primitives/reduction.js";
import { rowMajorStrides, spanOf } from "../shape.js";
import { forEachPosition, rowMajor } from "./walk.js";

/** Joins along an axis, one run per outer position. */
export const concat: Kernel<AxisAttributes> = (inputs, output, { axis }) => {
  const target = output.storage.data;
  const { length, inner } = spanOf(output.shape, axis);
  let start = 0;
  for (const input of inputs) {
    const source = rowMajor(input);
    const own = spanOf(input.shape, axis);
    const run = own.length * own.inner;
    for (let o = 0; o < own.outer; o++) {
      target.set(source.subarray(o * run, (o + 1) * run), o * length * inner + start * inner);
    }
    start += own.length;
  }
};

/** Copies into the middle of a constant. */
export const pad: Kernel<PadAttributes> = ([x], output, { before, value }) => {
  const input = x as DenseTensor;
  const target = output.storage.data;
  const source = rowMajor(input);
  target.fill(value);
  const strides = rowMajorStrides(output.shape);
  const offset = before.reduce((sum, count, axis) => sum + count * (strides[axis] as number), 0);
  forEachPosition(input.shape, strides, offset, (position, index) => (target[position] = source[index] as number));
};
