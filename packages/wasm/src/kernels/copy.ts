import { rowMajorStrides, sizeOf, type DenseTensor, type Kernel, type Shape } from "@unroll/tensor";

import type { KernelExports } from "../exports.js";
import { addressOf, collapse, elementBytes, forEachOuter, operandOf, type Operand } from "../layout.js";
import type { Pool } from "../pool.js";

/** Writes elements to `target` in row-major order. */
export function copyTo(kernels: KernelExports, target: number, source: Operand): void {
  const { bytes } = source;
  const copy = bytes === 1 ? kernels.copyStridedBytes : kernels.copyStrided;
  const walk = collapse(source.shape, [source.strides]);
  const inner = walk.shape.slice(-3);
  const steps = (walk.strides[0] as number[]).slice(-3);
  while (inner.length < 3) {
    inner.unshift(1);
    steps.unshift(1);
  }
  const [n0, n1, n2] = inner as [number, number, number];
  const [s0, s1, s2] = steps as [number, number, number];
  if (n0 * n1 * n2 === 0) return;
  forEachOuter(walk, 3, ([offset = 0], index) => {
    copy(target + index * n0 * n1 * n2 * bytes, source.address + offset * bytes, n0, n1, n2, s0, s1, s2);
  });
}

/** Runs `use` with the address of so many bytes, which are given back afterwards. */
export function withBlock<R>(pool: Pool, bytes: number, use: (address: number) => R): R {
  const block = pool.allocate(bytes);
  try {
    return use(block.pointer);
  } finally {
    pool.release(block);
  }
}

/** Runs `use` on a contiguous copy of an operand, with the axes in the given order; the copy is freed afterwards. */
export function withCopy<R>(
  kernels: KernelExports,
  pool: Pool,
  x: Operand,
  use: (copy: Operand) => R,
  axes: readonly number[] = x.shape.map((_, axis) => axis),
): R {
  const shape: Shape = axes.map((axis) => x.shape[axis] as number);
  return withBlock(pool, sizeOf(shape) * x.bytes, (address) => {
    copyTo(kernels, address, { ...x, shape, strides: axes.map((axis) => x.strides[axis] as number) });
    return use({ ...x, address, shape, strides: rowMajorStrides(shape) });
  });
}

/** Runs `use` with the address of a tensor's elements in row-major order: its own where they lie so, else of a copy. */
export function withRowMajor<R>(kernels: KernelExports, pool: Pool, x: DenseTensor, use: (address: number) => R): R {
  if (x.isContiguous) return use(addressOf(x));
  return withCopy(kernels, pool, operandOf(x), ({ address }) => use(address));
}

/** Writes a tensor's elements to `target` in row-major order: in one piece where they lie so. */
export function copyElements(kernels: KernelExports, target: number, x: DenseTensor): void {
  if (x.isContiguous) kernels.copyRuns(target, 0, addressOf(x), 0, x.size * elementBytes(x), 1);
  else copyTo(kernels, target, operandOf(x));
}

/** Contiguous copy. */
export function copyKernel(kernels: KernelExports): Kernel {
  return ([x], output) => copyElements(kernels, addressOf(output), x as DenseTensor);
}
