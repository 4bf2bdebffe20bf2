import {
  referenceKernels,
  sizeOf,
  type AxisAttributes,
  type DenseTensor,
  type Kernel,
  type KernelName,
  type ReduceAttributes,
} from "@unroll/tensor";

import type { KernelExports, ReduceExport } from "../exports.js";
import { addressOf, operandOf, type Operand } from "../layout.js";
import type { Pool } from "../pool.js";
import { withCopy } from "./copy.js";

/** A float32 reduction over any axes; other dtypes take the reference kernel. */
export function reduceKernel(kernels: KernelExports, pool: Pool, name: KernelName, run: ReduceExport): Kernel<ReduceAttributes> {
  const reference = referenceKernels[name] as Kernel<ReduceAttributes>;
  return (inputs, output, attributes) => {
    const x = inputs[0] as DenseTensor;
    if (x.dtype !== "float32") return reference(inputs, output, attributes);
    if (output.size === 0) return;
    const { axes } = attributes;
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
  };
}

/** `softmax` or `logSoftmax` along the last axis; along another one it takes the reference kernel. */
export function exponentialsKernel(kernels: KernelExports, pool: Pool, name: "softmax" | "logSoftmax"): Kernel<AxisAttributes> {
  const reference = referenceKernels[name] as Kernel<AxisAttributes>;
  return (inputs, output, attributes) => {
    const x = inputs[0] as DenseTensor;
    const columns = x.shape.at(-1) as number;
    if (attributes.axis !== x.rank - 1) return reference(inputs, output, attributes);
    if (x.size === 0) return;
    const run = ({ address }: Operand): void => kernels[name](address, addressOf(output), x.size / columns, columns);
    if (x.isContiguous) run(operandOf(x));
    else withCopy(kernels, pool, operandOf(x), run);
  };
}
