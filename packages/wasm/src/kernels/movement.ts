import { rowMajorStrides, spanOf, type AxisAttributes, type DenseTensor, type Kernel, type PadAttributes } from "@unroll/tensor";

import type { KernelExports } from "../exports.js";
import { addressOf, collapse, elementBytes, forEachOuter, operandOf } from "../layout.js";
import type { Pool } from "../pool.js";
import { withCopy, withRowMajor } from "./copy.js";

/** Joins operands of one dtype along an axis. */
export function concatKernel(kernels: KernelExports, pool: Pool): Kernel<AxisAttributes> {
  return (inputs, output, { axis }) => {
    const element = elementBytes(output);
    const { outer, length, inner } = spanOf(output.shape, axis);
    const row = length * inner * element;
    let target = addressOf(output);
    for (const input of inputs) {
      const bytes = (input.shape[axis] as number) * inner * element;
      const join = (address: number, run: number): void => kernels.copyRuns(target, row, address, run, bytes, outer);
      const run = input.isContiguous ? bytes / element : runsOf(input, axis);
      if (bytes > 0 && run !== undefined) join(addressOf(input), run * element);
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

/** A tensor within a border of one value. */
export function padKernel(kernels: KernelExports, pool: Pool): Kernel<PadAttributes> {
  return (inputs, output, attributes) => {
    const x = inputs[0] as DenseTensor;
    const bytes = elementBytes(output);
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
    const target = addressOf(output) + offset * bytes;
    const width = run * bytes;
    withRowMajor(kernels, pool, x, (address) =>
      forEachOuter(outer, 1, ([start = 0], index) => {
        kernels.copyRuns(target + start * bytes, step * bytes, address + index * count * width, width, width, count);
      }),
    );
  };
}
