import {
  referenceKernels,
  rowMajorStrides,
  sizeOf,
  type AxisAttributes,
  type DenseTensor,
  type Kernel,
  type PadAttributes,
} from "@unroll/tensor";

import type { KernelExports } from "../exports.js";
import { addressOf, collapse, forEachOuter, operandOf, type Operand } from "../layout.js";
import type { Pool } from "../pool.js";
import { copyTo, withCopy } from "./copy.js";

/** Joins along an axis; bytes take the reference kernel. */
export function concatKernel(kernels: KernelExports, pool: Pool): Kernel<AxisAttributes> {
  const reference = referenceKernels.concat as Kernel<AxisAttributes>;
  return (inputs, output, attributes) => {
    const { axis } = attributes;
    const inner = sizeOf(output.shape.slice(axis + 1));
    const outer = sizeOf(output.shape.slice(0, axis));
    if (output.dtype === "bool" || inputs.some((input) => input.dtype !== output.dtype)) {
      return reference(inputs, output, attributes);
    }
    const row = (output.shape[axis] as number) * inner * 4;
    let target = addressOf(output);
    for (const input of inputs) {
      const bytes = (input.shape[axis] as number) * inner * 4;
      const join = (address: number, run: number): void => kernels.copyRuns(target, row, address, run, bytes, outer);
      const run = runsOf(input, axis);
      if (bytes > 0 && run !== undefined) join(addressOf(input), run * 4);
      else if (bytes > 0) withCopy(kernels, pool, operandOf(input), ({ address }) => join(address, bytes));
      target += bytes;
    }
  };
}

// Elements from one run (all of `axis` and the axes after it) to the next; undefined where runs have gaps or no fixed distance.
function runsOf(x: DenseTensor, axis: number): number | undefined {
  const run = collapse(x.shape.slice(axis), [x.strides.slice(axis)]);
  const runs = collapse(x.shape.slice(0, axis), [x.strides.slice(0, axis)]);
  const whole = run.shape.length === 0 || (run.shape.length === 1 && run.strides[0]?.[0] === 1);
  return whole && runs.shape.length <= 1 ? (runs.strides[0]?.[0] ?? 0) : undefined;
}

/** A contiguous tensor within a border of one value; bytes and strided inputs take the reference kernel. */
export function padKernel(kernels: KernelExports): Kernel<PadAttributes> {
  const reference = referenceKernels.pad as Kernel<PadAttributes>;
  return (inputs, output, attributes) => {
    const x = inputs[0] as DenseTensor;
    if (output.dtype === "bool" || !x.isContiguous) return reference(inputs, output, attributes);
    output.storage.data.fill(attributes.value);
    if (x.size === 0) return;
    const steps = rowMajorStrides(output.shape);
    const offset = attributes.before.reduce((sum, count, axis) => sum + count * (steps[axis] as number), 0);
    // Runs of x, the longest that lie together in the output, and how far apart they begin there.
    const { shape, strides } = collapse(x.shape, [steps]);
    const run = strides[0]?.at(-1) === 1 ? (shape.at(-1) as number) : 1;
    const outer = run === 1 ? { shape, strides } : { shape: shape.slice(0, -1), strides: [(strides[0] ?? []).slice(0, -1)] };
    const count = outer.shape.at(-1) ?? 1;
    const step = outer.strides[0]?.at(-1) ?? 0;
    const target = addressOf(output) + offset * 4;
    forEachOuter(outer, 1, ([start = 0], index) => {
      const source = addressOf(x) + index * count * run * 4;
      kernels.copyRuns(target + start * 4, step * 4, source, run * 4, run * 4, count);
    });
  };
}

/** Rows of a contiguous matrix by index; along another axis it takes the reference kernel. */
export function takeKernel(kernels: KernelExports): Kernel<AxisAttributes> {
  const reference = referenceKernels.take as Kernel<AxisAttributes>;
  return (inputs, output, attributes) => {
    const [x, indices] = inputs as readonly [DenseTensor, DenseTensor];
    const rows = attributes.axis === 0 && x.isContiguous && indices.isContiguous && x.dtype !== "bool" && x.size > 0;
    if (!rows) return reference(inputs, output, attributes);
    const [length = 0, ...rest] = x.shape;
    const bad = kernels.takeRows(addressOf(x), addressOf(indices), addressOf(output), indices.size, sizeOf(rest) * 4, length);
    // The reference kernel words the error.
    if (bad >= 0) reference(inputs, output, attributes);
  };
}

/** Adds rows by index; along another axis, or to other dtypes, it takes the reference kernel. */
export function scatterAddKernel(kernels: KernelExports, pool: Pool): Kernel<AxisAttributes> {
  const reference = referenceKernels.scatterAdd as Kernel<AxisAttributes>;
  return (inputs, output, attributes) => {
    const [x, indices, updates] = inputs as readonly [DenseTensor, DenseTensor, DenseTensor];
    const rows = attributes.axis === 0 && indices.isContiguous && [x, updates, output].every(({ dtype }) => dtype === "float32");
    if (!rows) return reference(inputs, output, attributes);
    const [length = 0, ...rest] = x.shape;
    const y = addressOf(output);
    copyTo(kernels, y, operandOf(x));
    const add = ({ address }: Operand): number =>
      kernels.addRows(y, addressOf(indices), address, indices.size, sizeOf(rest), length);
    const bad = updates.isContiguous ? add(operandOf(updates)) : withCopy(kernels, pool, operandOf(updates), add);
    if (bad >= 0) reference(inputs, output, attributes);
  };
}
