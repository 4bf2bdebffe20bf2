import { sizeOf, type AxisAttributes, type DenseTensor, type Kernel, type ReduceAttributes } from "@unroll/tensor";

import type { KernelExports, ReduceExport } from "../exports.js";
import { addressOf, operandOf } from "../layout.js";
import type { Pool } from "../pool.js";
import { withCopy } from "./copy.js";

/** A reduction over any axes, of operands of the dtype that `run` takes. */
export function reduceKernel(kernels: KernelExports, pool: Pool, run: ReduceExport): Kernel<ReduceAttributes> {
  return ([x], output, { axes }) => reduceOver(kernels, pool, run, x as DenseTensor, output, axes);
}

/** A reduction over one axis. */
export function reduceAxisKernel(kernels: KernelExports, pool: Pool, run: ReduceExport): Kernel<AxisAttributes> {
  return ([x], output, { axis }) => reduceOver(kernels, pool, run, x as DenseTensor, output, [axis]);
}

function reduceOver(
  kernels: KernelExports,
  pool: Pool,
  run: ReduceExport,
  x: DenseTensor,
  output: DenseTensor,
  axes: readonly number[],
): void {
  if (output.size === 0) return;
  const y = addressOf(output);
  const first = axes[0] ?? x.rank;
  const last = axes.at(-1) ?? x.rank - 1;
  if (x.isContiguous && last - first === axes.length - 1) {
    const inner = sizeOf(x.shape.slice(last + 1));
    return run(addressOf(x), y, sizeOf(x.shape.slice(0, first)), sizeOf(x.shape.slice(first, last + 1)), inner, 0, inner);
  }
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const length = sizeOf(axes.map((axis) => x.shape[axis] as number));
  withCopy(kernels, pool, operandOf(x), ({ address }) => run(address, y, output.size, length, 1, 0, 1), [...kept, ...axes]);
}
