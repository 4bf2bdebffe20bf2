import type { DenseTensor } from "../dense.js";
import { makeTypedArray, type DType, type TypedArrayOf } from "../dtype.js";
import { sizeOf, spanOf, type Shape } from "../shape.js";

/**
 * Storage positions of every element of a strided layout, in row-major order. Axes that continue one another are
 * walked as one, so that the inner loop is long.
 */
export function forEachPosition(
  shape: Shape,
  strides: readonly number[],
  offset: number,
  visit: (position: number, index: number) => void,
): void {
  const total = sizeOf(shape);
  if (total === 0) return;
  const rank = shape.length;
  const inner = shape[rank - 1] ?? 1;
  const step = strides[rank - 1] ?? 0;
  const counter = new Array<number>(rank).fill(0);
  let start = offset;
  for (let index = 0; index < total;) {
    let position = start;
    for (let i = 0; i < inner; i++, index++, position += step) visit(position, index);
    for (let axis = rank - 2; axis >= 0; axis--) {
      start += strides[axis] as number;
      counter[axis] = (counter[axis] as number) + 1;
      if ((counter[axis] as number) < (shape[axis] as number)) break;
      start -= (counter[axis] as number) * (strides[axis] as number);
      counter[axis] = 0;
    }
  }
}

/** The elements of a tensor in row-major order, copied. */
export function readRowMajor<D extends DType>(x: DenseTensor<D>): TypedArrayOf<D> {
  if (x.isContiguous) return x.storage.data.slice(x.offset, x.offset + x.size) as TypedArrayOf<D>;
  const { data } = x.storage;
  const result = makeTypedArray(x.dtype, x.size);
  forEachPosition(x.shape, x.strides, x.offset, (position, index) => (result[index] = data[position] as number));
  return result;
}

/** The elements of a tensor in row-major order: a window where they already lie so, else a copy. Read only. */
export function rowMajor<D extends DType>(x: DenseTensor<D>): TypedArrayOf<D> {
  return x.isContiguous ? x.window() : readRowMajor(x);
}

/** Visits the lines along `axis` of a row-major shape: where each starts, the step along it, and its number. */
export function forEachLine(shape: Shape, axis: number, visit: (start: number, step: number, line: number) => void): void {
  const { outer, length, inner } = spanOf(shape, axis);
  for (let line = 0; line < outer * inner; line++) {
    const within = line % inner;
    visit((line - within) * length + within, inner, line);
  }
}
