import type { DenseTensor, Kernel } from "@unroll/tensor";

import type { KernelExports, UnaryExport } from "../exports.js";
import { addressOf, operandOf } from "../layout.js";
import { copyTo } from "./copy.js";

/** A kernel for one operand, float32 or, where there is one, int32. */
export function unaryKernel(kernels: KernelExports, float32: UnaryExport, int32: UnaryExport = float32): Kernel {
  return (inputs, output) => {
    const x = inputs[0] as DenseTensor;
    const run = output.dtype === "int32" ? int32 : float32;
    const y = addressOf(output);
    if (x.isContiguous) return run(addressOf(x), y, x.size);
    copyTo(kernels, y, operandOf(x));
    run(y, y, x.size);
  };
}
