import {
  spanOf,
  type ArgsortAttributes,
  type AxisAttributes,
  type CumsumAttributes,
  type DenseTensor,
  type Kernel,
} from "@unroll/tensor";

import type { KernelExports, RowsExport, ScanExport } from "../exports.js";
import { addressOf, operandOf, type Operand } from "../layout.js";
import type { Pool } from "../pool.js";
import { copyTo, withBlock, withCopy, withRowMajor } from "./copy.js";

/** Running sums along an axis, of operands of the dtype that `run` takes. */
export function cumsumKernel(kernels: KernelExports, pool: Pool, run: ScanExport): Kernel<CumsumAttributes> {
  return (inputs, output, { axis, reverse }) => {
    const { outer, length, inner } = spanOf(output.shape, axis);
    withRowMajor(kernels, pool, inputs[0] as DenseTensor, (source) =>
      run(source, addressOf(output), outer, length, inner, Number(reverse)),
    );
  };
}

/** Stable order along an axis, of float32 or int32. */
export function argsortKernel(kernels: KernelExports, pool: Pool): Kernel<ArgsortAttributes> {
  return (inputs, output, { axis, descending }) => {
    const x = inputs[0] as DenseTensor;
    const { outer, length, inner } = spanOf(output.shape, axis);
    const kind = (x.dtype === "int32" ? 1 : 0) + (descending ? 2 : 0);
    withRowMajor(kernels, pool, x, (source) =>
      withBlock(pool, length * 16, (scratch) => kernels.argsort(source, addressOf(output), outer, length, inner, kind, scratch)),
    );
  };
}

/** `softmax` or `logSoftmax`, which run over rows. */
export function exponentialsKernel(kernels: KernelExports, pool: Pool, run: RowsExport): Kernel<AxisAttributes> {
  return (inputs, output, { axis }) => {
    const x = inputs[0] as DenseTensor;
    if (x.size === 0) return;
    const columns = x.shape[axis] as number;
    const rows = x.size / columns;
    const y = addressOf(output);
    if (axis === x.rank - 1) return withRowMajor(kernels, pool, x, (source) => run(source, y, rows, columns));
    // An inner axis is made the last one, and put back.
    const axes = [...x.shape.keys()].filter((other) => other !== axis);
    axes.push(axis);
    const overRows = (copy: Operand): void =>
      withBlock(pool, x.size * 4, (address) => {
        run(copy.address, address, rows, columns);
        const strides = axes.map((_, other) => copy.strides[axes.indexOf(other)] as number);
        copyTo(kernels, y, { ...copy, address, shape: x.shape, strides });
      });
    withCopy(kernels, pool, operandOf(x), overRows, axes);
  };
}
