import { rowMajorStrides, sizeOf, type Shape } from "@unroll/tensor";

import type { KernelExports } from "../exports.js";
import { collapse, forEachOuter, type Operand } from "../layout.js";
import type { Pool } from "../pool.js";

/** Writes 4-byte elements to `target` in row-major order. */
export function copyTo(kernels: KernelExports, target: number, source: Operand): void {
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
    kernels.copyStrided(target + index * n0 * n1 * n2 * 4, source.address + offset * 4, n0, n1, n2, s0, s1, s2);
  });
}

/** Runs `use` on a contiguous copy of an operand's 4-byte elements, with the axes in the given order; the copy is freed afterwards. */
export function withCopy<R>(
  kernels: KernelExports,
  pool: Pool,
  x: Operand,
  use: (copy: Operand) => R,
  axes: readonly number[] = x.shape.map((_, axis) => axis),
): R {
  const shape: Shape = axes.map((axis) => x.shape[axis] as number);
  const block = pool.allocate(sizeOf(shape) * 4);
  try {
    copyTo(kernels, block.pointer, { address: x.address, shape, strides: axes.map((axis) => x.strides[axis] as number) });
    return use({ address: block.pointer, shape, strides: rowMajorStrides(shape) });
  } finally {
    pool.release(block);
  }
}
