import { broadcastStrides, type DenseTensor, type Kernel } from "@unroll/tensor";

import type { KernelExports } from "../exports.js";
import { addressOf, collapse, forEachOuter, operandOf, type Operand } from "../layout.js";
import type { Pool } from "../pool.js";
import { withCopy } from "./copy.js";
import { isGapped, lastTwo } from "./rows.js";

/** `condition ? a : b` on two operands of one dtype of four bytes. */
export function whereKernel(kernels: KernelExports, pool: Pool): Kernel {
  const overRows = (mask: Operand, a: Operand, b: Operand, output: DenseTensor): void => {
    const walk = collapse(
      output.shape,
      [mask, a, b].map((operand) => broadcastStrides(operand, output.shape)),
    );
    if (isGapped(walk, 1)) return withCopy(kernels, pool, a, (copy) => overRows(mask, copy, b, output));
    if (isGapped(walk, 2)) return withCopy(kernels, pool, b, (copy) => overRows(mask, a, copy, output));
    const [rows, columns] = lastTwo(walk.shape, 1);
    const steps = [0, 1, 2].flatMap((index) => lastTwo(walk.strides[index], 0));
    const target = addressOf(output);
    forEachOuter(walk, 2, ([maskStart = 0, aStart = 0, bStart = 0], index) => {
      const y = target + index * rows * columns * 4;
      kernels.where(mask.address + maskStart, a.address + aStart * 4, b.address + bStart * 4, y, rows, columns, ...steps);
    });
  };
  return (inputs, output) => {
    const [mask, a, b] = inputs as readonly [DenseTensor, DenseTensor, DenseTensor];
    if (output.size > 0) overRows(operandOf(mask), operandOf(a), operandOf(b), output);
  };
}
