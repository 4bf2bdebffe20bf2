import type { Kernel } from "../backend.js";
import type { DenseTensor } from "../dense.js";
import type { ArgsortAttributes, AxisAttributes, CumsumAttributes, ReduceAttributes } from "../primitives/reduction.js";
import { broadcastStrides, reducedShape, rowMajorStrides } from "../shape.js";
import { forEachLine, forEachPosition, rowMajor } from "./walk.js";

/** Folds the reduced axes with `fold`, in float64 whatever the dtype; with `integers` where the result is int32. */
export function reduceKernel(
  start: number,
  fold: (total: number, x: number) => number,
  integers: (total: number, x: number) => number = fold,
): Kernel<ReduceAttributes> {
  return ([x], output, { axes }) => {
    const input = x as DenseTensor;
    const { data } = input.storage;
    const compute = output.dtype === "int32" ? integers : fold;
    const totals = new Float64Array(output.size).fill(start);
    const totalsShape = reducedShape(input.shape, axes, true);
    const strides = broadcastStrides({ shape: totalsShape, strides: rowMajorStrides(totalsShape) }, input.shape);
    const into = new Int32Array(input.size);
    forEachPosition(input.shape, strides, 0, (position, index) => (into[index] = position));
    forEachPosition(input.shape, input.strides, input.offset, (position, index) => {
      const slot = into[index] as number;
      totals[slot] = compute(totals[slot] as number, data[position] as number);
    });
    output.storage.data.set(totals);
  };
}

/** Position of the first element along an axis for which no other is `better`; NaN wins. */
export function argReduceKernel(better: (x: number, best: number) => boolean): Kernel<AxisAttributes> {
  return ([x], output, { axis }) => {
    const { shape } = x as DenseTensor;
    const source = rowMajor(x as DenseTensor);
    const target = output.storage.data;
    const length = shape[axis] as number;
    forEachLine(shape, axis, (start, step, line) => {
      let position = 0;
      let best = source[start] as number;
      for (let p = 1; p < length && !Number.isNaN(best); p++) {
        const value = source[start + p * step] as number;
        if (better(value, best) || Number.isNaN(value)) {
          best = value;
          position = p;
        }
      }
      target[line] = position;
    });
  };
}

/** Running sum, in float64 for floats. */
export const cumsum: Kernel<CumsumAttributes> = ([x], output, { axis, reverse }) => {
  const source = rowMajor(x as DenseTensor);
  const target = output.storage.data;
  const length = output.shape[axis] as number;
  forEachLine(output.shape, axis, (start, step) => {
    let total = 0;
    for (let p = 0; p < length; p++) {
      const index = start + (reverse ? length - 1 - p : p) * step;
      total += source[index] as number;
      if (output.dtype === "int32") total |= 0;
      target[index] = total;
    }
  });
};

/** Stable sort of positions; NaN last in either direction. */
export const argsort: Kernel<ArgsortAttributes> = ([x], output, { axis, descending }) => {
  const source = rowMajor(x as DenseTensor);
  const target = output.storage.data;
  forEachLine(output.shape, axis, (start, step) => {
    const order = Array.from({ length: output.shape[axis] as number }, (_, p) => p).sort((p, q) => {
      const a = source[start + p * step] as number;
      const b = source[start + q * step] as number;
      if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
      return a === b ? 0 : a < b === descending ? 1 : -1;
    });
    order.forEach((p, rank) => (target[start + rank * step] = p));
  });
};

/** `softmax` and `logSoftmax`: `finish` gets each element less the largest, and the sum of the exponentials. */
export function exponentials(finish: (shifted: number, total: number) => number): Kernel<AxisAttributes> {
  return ([x], output, { axis }) => {
    const source = rowMajor(x as DenseTensor);
    const target = output.storage.data;
    forEachLine(output.shape, axis, (start, step) => {
      const end = start + (output.shape[axis] as number) * step;
      let largest = -Infinity;
      for (let index = start; index < end; index += step) largest = Math.max(largest, source[index] as number);
      let total = 0;
      for (let index = start; index < end; index += step) total += Math.exp((source[index] as number) - largest);
      for (let index = start; index < end; index += step) target[index] = finish((source[index] as number) - largest, total);
    });
  };
}
