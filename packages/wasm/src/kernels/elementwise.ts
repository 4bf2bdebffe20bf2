import {
  broadcastStrides,
  bytesPerElement,
  referenceKernels,
  type CastAttributes,
  type DenseTensor,
  type DType,
  type Kernel,
  type KernelName,
} from "@unroll/tensor";

import type { BinaryExport, KernelExports, UnaryExport } from "../exports.js";
import { addressOf, collapse, forEachOuter, operandOf, type Operand, type Walk } from "../layout.js";
import type { Pool } from "../pool.js";
import { copyTo, withCopy } from "./copy.js";

/** A float32 kernel for one operand; other dtypes take the reference kernel. */
export function unaryKernel(kernels: KernelExports, name: KernelName, run: UnaryExport): Kernel {
  const reference: Kernel = referenceKernels[name];
  return (inputs, output, attributes) => {
    const x = inputs[0] as DenseTensor;
    if (output.dtype !== "float32") return reference(inputs, output, attributes);
    const y = addressOf(output);
    if (x.isContiguous) return run(addressOf(x), y, x.size);
    copyTo(kernels, y, operandOf(x));
    run(y, y, x.size);
  };
}

/** Conversions between float32 and bool, and of int32 to float32, in order; others take the reference kernel. */
export function castKernel(kernels: KernelExports): Kernel<CastAttributes> {
  const reference = referenceKernels.cast as Kernel<CastAttributes>;
  const conversions: Partial<Record<`${DType} to ${DType}`, UnaryExport>> = {
    "bool to float32": kernels.floatOfBool,
    "int32 to float32": kernels.floatOfInt,
    "float32 to bool": kernels.boolOfFloat,
  };
  return (inputs, output, attributes) => {
    const x = inputs[0] as DenseTensor;
    const convert = conversions[`${x.dtype} to ${output.dtype}`];
    if (convert === undefined || !x.isContiguous) return reference(inputs, output, attributes);
    convert(addressOf(x), addressOf(output), x.size);
  };
}

/** Contiguous copy; bytes take the reference kernel. */
export function copyKernel(kernels: KernelExports): Kernel {
  const reference: Kernel = referenceKernels.copy;
  return (inputs, output, attributes) => {
    const x = inputs[0] as DenseTensor;
    if (x.dtype === "bool") return reference(inputs, output, attributes);
    copyTo(kernels, addressOf(output), operandOf(x));
  };
}

/** A kernel for two broadcast operands of one dtype of four bytes, with a result of float32 or bool; others take the reference kernel. */
export function binaryKernel(
  kernels: KernelExports,
  pool: Pool,
  name: KernelName,
  run: BinaryExport,
  dtype: "float32" | "int32" = "float32",
): Kernel {
  const reference: Kernel = referenceKernels[name];
  const overRows = (a: Operand, b: Operand, output: DenseTensor): void => {
    const walk = collapse(output.shape, [broadcastStrides(a, output.shape), broadcastStrides(b, output.shape)]);
    if (isGapped(walk, 0)) return withCopy(kernels, pool, a, (copy) => overRows(copy, b, output));
    if (isGapped(walk, 1)) return withCopy(kernels, pool, b, (copy) => overRows(a, copy, output));
    const [rows, columns] = lastTwo(walk.shape, 1);
    const [aRow, aColumn] = lastTwo(walk.strides[0], 0);
    const [bRow, bColumn] = lastTwo(walk.strides[1], 0);
    const target = addressOf(output);
    const bytes = bytesPerElement[output.dtype];
    forEachOuter(walk, 2, ([aStart = 0, bStart = 0], index) => {
      const y = target + index * rows * columns * bytes;
      run(a.address + aStart * 4, b.address + bStart * 4, y, rows, columns, aRow, aColumn, bRow, bColumn);
    });
  };
  return (inputs, output, attributes) => {
    const a = inputs[0] as DenseTensor;
    const b = inputs[1] as DenseTensor;
    if (a.dtype !== dtype || b.dtype !== dtype) return reference(inputs, output, attributes);
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

/** Equality of two operands of float32 or of int32; others take the reference kernel. */
export function equalKernel(kernels: KernelExports, pool: Pool): Kernel {
  const floats = binaryKernel(kernels, pool, "equal", kernels.equal);
  const integers = binaryKernel(kernels, pool, "equal", kernels.equalIntegers, "int32");
  return (inputs, output, attributes) => (inputs[0]?.dtype === "int32" ? integers : floats)(inputs, output, attributes);
}

/** `condition ? a : b` on float32; other dtypes take the reference kernel. */
export function whereKernel(kernels: KernelExports, pool: Pool): Kernel {
  const reference: Kernel = referenceKernels.where;
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
  return (inputs, output, attributes) => {
    const [mask, a, b] = inputs as readonly [DenseTensor, DenseTensor, DenseTensor];
    if (a.dtype !== "float32" || b.dtype !== "float32") return reference(inputs, output, attributes);
    if (output.size > 0) overRows(operandOf(mask), operandOf(a), operandOf(b), output);
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

function isGapped({ strides }: Walk, index: number): boolean {
  const step = strides[index]?.at(-1) ?? 0;
  return step !== 0 && step !== 1;
}

function lastTwo(values: readonly number[] | undefined, filler: number): [number, number] {
  return [values?.at(-2) ?? filler, values?.at(-1) ?? filler];
}
