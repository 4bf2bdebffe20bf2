import type { Kernel } from "../backend.js";
import type { DenseTensor } from "../dense.js";
import type { ArgsortAttributes, AxisAttributes, CumsumAttributes, ReduceAttributes } from "../primitives/reduction.js";
import { rowMajorStrides } from "../shape.js";
import { forEachPosition, rowMajor, spanOf } from "./walk.js";

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
    const kept = input.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const strides = input.shape.map(() => 0);
    const keptStrides = rowMajorStrides(kept.map((axis) => input.shape[axis] as number));
    kept.forEach((axis, index) => (strides[axis] = keptStrides[index] as number));
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
    const input = x as DenseTensor;
    const source = rowMajor(input);
    const target = output.storage.data;
    const { outer, length, inner } = spanOf(input.shape, axis);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let position = 0;
        let best = source[o * length * inner + i] as number;
        for (let p = 1; p < length && !Number.isNaN(best); p++) {
          const value = source[(o * length + p) * inner + i] as number;
          if (better(value, best) || Number.isNaN(value)) {
            best = value;
            position = p;
          }
        }
        target[o * inner + i] = position;
      }
    }
  };
}

/** Running sum, in float64 whatever the dtype. */
export const cumsum: Kernel<CumsumAttributes> = ([x], output, { axis, reverse }) => {
  const source = rowMajor(x as DenseTensor);
  const target = output.storage.data;
  const { outer, length, inner } = spanOf(output.shape, axis);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total = 0;
      for (let p = 0; p < length; p++) {
        const index = (o * length + (reverse ? length - 1 - p : p)) * inner + i;
        total += source[index] as number;
        target[index] = total;
      }
    }
  }
};

/** Stable sort of positions; NaN last in either direction. */
export const argsort: Kernel<ArgsortAttributes> = ([x], output, { axis, descending }) => {
  const source = rowMajor(x as DenseTensor);
  const target = output.storage.data;
  const { outer, length, inner } = spanOf(output.shape, axis);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (p: number): number => source[(o * length + p) * inner + i] as number;
      const order = Array.from({ length }, (_, p) => p).sort((p, q) => {
        const a = at(p);
        const b = at(q);
        if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
        return a === b ? 0 : a < b === descending ? 1 : -1;
      });
      order.forEach((p, rank) => (target[(o * length + rank) * inner + i] = p));
    }
  }
};

/** `softmax` and `logSoftmax`: `finish` gets each element less the largest, and the sum of the exponentials. */
export function exponentials(finish: (shifted: number, total: number) => number): Kernel<AxisAttributes> {
  return ([x], output, { axis }) => {
    const source = rowMajor(x as DenseTensor);
    const target = output.storage.data;
    const { outer, length, inner } = spanOf(output.shape, axis);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i;
        let largest = -Infinity;
        for (let p = 0; p < length; p++) largest = Math.max(largest, source[start + p * inner] as number);
        let total = 0;
        for (let p = 0; p < length; p++) total += Math.exp((source[start + p * inner] as number) - largest);
        for (let p = 0; p < length; p++) {
          target[start + p * inner] = finish((source[start + p * inner] as number) - largest, total);
        }
      }
    }
  };
}
