import type { CastAttributes, DenseTensor, DType, Kernel } from "@unroll/tensor";

import type { KernelExports, UnaryExport } from "../exports.js";
import { addressOf } from "../layout.js";
import type { Pool } from "../pool.js";
import { copyElements, withRowMajor } from "./copy.js";

/** Conversions between float32, int32 and bool. */
export function castKernel(kernels: KernelExports, pool: Pool): Kernel<CastAttributes> {
  const conversions: Partial<Record<`${DType} to ${DType}`, UnaryExport>> = {
    "bool to float32": kernels.floatOfBool,
    "int32 to float32": kernels.floatOfInteger,
    "bool to int32": kernels.integerOfBool,
    "float32 to int32": kernels.integerOfFloat,
    "float32 to bool": kernels.boolOfFloat,
    "int32 to bool": kernels.boolOfInteger,
  };
  return (inputs, output) => {
    const x = inputs[0] as DenseTensor;
    const convert = conversions[`${x.dtype} to ${output.dtype}`];
    if (convert === undefined) copyElements(kernels, addressOf(output), x);
    else withRowMajor(kernels, pool, x, (address) => convert(address, addressOf(output), x.size));
  };
}
