import { referenceKernels, spanOf, type AxisAttributes, type DenseTensor, type Kernel } from "@unroll/tensor";

import type { IndexExport, KernelExports } from "../exports.js";
import { addressOf, elementBytes } from "../layout.js";
import type { Pool } from "../pool.js";
import { copyElements, withRowMajor } from "./copy.js";

/** Reads at int32 indices: `take` whole slices of any dtype, `takeAlong` elements of four bytes. */
export function gatherKernel(kernels: KernelExports, pool: Pool, name: "take" | "takeAlong"): Kernel<AxisAttributes> {
  const reference = referenceKernels[name] as Kernel<AxisAttributes>;
  const run = name === "take" ? kernels.takeRows : kernels.takeAlong;
  return (inputs, output, attributes) => {
    const [x, indices] = inputs as readonly [DenseTensor, DenseTensor];
    const { outer, length, inner } = spanOf(x.shape, attributes.axis);
    const count = name === "take" ? indices.size : (indices.shape[attributes.axis] as number);
    const bytes = inner * elementBytes(x);
    const bad = withRowMajor(kernels, pool, x, (source) =>
      withRowMajor(kernels, pool, indices, (places) => run(source, places, addressOf(output), outer, count, bytes, length)),
    );
    // The reference kernel words the error.
    if (bad >= 0) reference(inputs, output, attributes);
  };
}

/** Adds at int32 indices, by one of the kernels for the dtype of the operands. */
export function scatterKernel(
  kernels: KernelExports,
  pool: Pool,
  name: "scatterAdd" | "scatterAddAlong",
  run: IndexExport,
): Kernel<AxisAttributes> {
  const reference = referenceKernels[name] as Kernel<AxisAttributes>;
  return (inputs, output, attributes) => {
    const [x, indices, updates] = inputs as readonly [DenseTensor, DenseTensor, DenseTensor];
    const { outer, length, inner } = spanOf(x.shape, attributes.axis);
    const count = name === "scatterAdd" ? indices.size : (indices.shape[attributes.axis] as number);
    const y = addressOf(output);
    copyElements(kernels, y, x);
    const bad = withRowMajor(kernels, pool, indices, (places) =>
      withRowMajor(kernels, pool, updates, (added) => run(y, places, added, outer, count, inner, length)),
    );
    if (bad >= 0) reference(inputs, output, attributes);
  };
}
