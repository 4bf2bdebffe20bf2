import { broadcastStrides, type DenseTensor, type Kernel } from "@unroll/tensor";

import type { BinaryExport, KernelExports } from "../exports.js";
import { addressOf, collapse, elementBytes, forEachOuter, operandOf, type Operand } from "../layout.js";
import type { Pool } from "../pool.js";
import { withCopy } from "./copy.js";
import { isGapped, lastTwo } from "./rows.js";

/** A kernel for two broadcast operands of one dtype of four bytes. */
export function binaryKernel(kernels: KernelExports, pool: Pool, run: BinaryExport): Kernel {
  const overRows = (a: Operand, b: Operand, output: DenseTensor): void => {
    const walk = collapse(output.shape, [broadcastStrides(a, output.shape), broadcastStrides(b, output.shape)]);
    if (isGapped(walk, 0)) return withCopy(kernels, pool, a, (copy) => overRows(copy, b, output));
    if (isGapped(walk, 1)) return withCopy(kernels, pool, b, (copy) => overRows(a, copy, output));
    const [rows, columns] = lastTwo(walk.shape, 1);
    const [aRow, aColumn] = lastTwo(walk.strides[0], 0);
    const [bRow, bColumn] = lastTwo(walk.strides[1], 0);
    const target = addressOf(output);
    const bytes = elementBytes(output);
    forEachOuter(walk, 2, ([aStart = 0, bStart = 0], index) => {
      const y = target + index * rows * columns * bytes;
      run(a.address + aStart * 4, b.address + bStart * 4, y, rows, columns, aRow, aColumn, bRow, bColumn);
    });
  };
  return (inputs, output) => {
    const a = inputs[0] as DenseTensor;
    const b = inputs[1] as DenseTensor;
    const { size } = output;
    if (size === 0) return;
    if (isRow(a, size) && isRow(b, size)) {
      const [aStep, bStep] = [a.size === 1 ? 0 : 1, b.size === 1 ? 0 : 1];
      return run(addressOf(a), addressOf(b), addressOf(output), 1, size, 0, aStep, 0, bStep);
    }
    if (isRow(a, size) && isRepeated(b, output)) {
      const [columns, aStep] = [b.size, a.size === 1 ? 0 : 1];
      return run(addressOf(a), addressOf(b), addressOf(output), size / columns, columns, aStep * columns, aStep, 0, 1);
    }
    overRows(operandOf(a), operandOf(b), output);
  };
}

// Whether x reads as one row of the output: all its elements in order, or one element for all.
function isRow(x: DenseTensor, size: number): boolean {
  return x.size === 1 || (x.isContiguous && x.size === size);
}

// Whether x, in order, is repeated along the first axes of the output, as a bias is.
function isRepeated(x: DenseTensor, { shape }: DenseTensor): boolean {
  const added = shape.length - x.rank;
  return x.isContiguous && x.shape.every((length, axis) => length === shape[axis + added]);
}
