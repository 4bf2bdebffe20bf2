import type { Kernel } from "../backend.js";
import type { DenseTensor } from "../dense.js";
import type { CastAttributes } from "../primitives/elementwise.js";
import { broadcastStrides } from "../shape.js";
import { forEachPosition, readRowMajor, rowMajor } from "./walk.js";

/** Applies `f` to each element. */
export function unaryKernel(f: (x: number) => number): Kernel {
  return ([x], output) => {
    const source = rowMajor(x as DenseTensor);
    const target = output.storage.data;
    for (let i = 0; i < source.length; i++) target[i] = f(source[i] as number);
  };
}

/** Applies `f`, or `integers` where the result is int32, to each pair of broadcast elements. */
export function binaryKernel(f: (a: number, b: number) => number, integers: (a: number, b: number) => number = f): Kernel {
  return ([a, b], output) => {
    const compute = output.dtype === "int32" ? integers : f;
    const left = expand(a as DenseTensor, output);
    const right = expand(b as DenseTensor, output);
    const target = output.storage.data;
    for (let i = 0; i < target.length; i++) target[i] = compute(left[i] as number, right[i] as number);
  };
}

/** `condition ? a : b` */
export const where: Kernel = ([condition, a, b], output) => {
  const mask = expand(condition as DenseTensor, output);
  const left = expand(a as DenseTensor, output);
  const right = expand(b as DenseTensor, output);
  const target = output.storage.data;
  for (let i = 0; i < target.length; i++) target[i] = (mask[i] === 0 ? right[i] : left[i]) as number;
};

/** Converts by JavaScript's own rules; bool is `!= 0`. */
export const cast: Kernel<CastAttributes> = ([x], output, { dtype }) => {
  const source = rowMajor(x as DenseTensor);
  const target = output.storage.data;
  for (let i = 0; i < source.length; i++) {
    const value = source[i] as number;
    target[i] = dtype === "bool" ? Number(value !== 0) : value;
  }
};

/** Row-major copy. */
export const copy: Kernel = ([x], output) => {
  output.storage.data.set(rowMajor(x as DenseTensor));
};

// The elements of x in the row-major order of the output it broadcasts to.
function expand(x: DenseTensor, output: DenseTensor): ArrayLike<number> {
  if (x.size === output.size) return x.isContiguous ? x.window() : readRowMajor(x);
  const { data } = x.storage;
  const expanded = new Float64Array(output.size);
  if (x.size === 1) return expanded.fill(data[x.offset] as number);
  forEachPosition(output.shape, broadcastStrides(x, output.shape), x.offset, (position, index) => {
    expanded[index] = data[position] as number;
  });
  return expanded;
}
