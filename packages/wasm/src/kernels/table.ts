import { referenceKernels, type Kernel, type KernelName, type KernelTable } from "@unroll/tensor";

import type { KernelExports } from "../exports.js";
import type { Pool } from "../pool.js";
import { binaryKernel, castKernel, copyKernel, equalKernel, unaryKernel, whereKernel } from "./elementwise.js";
import { matmulKernel } from "./matmul.js";
import { concatKernel, padKernel, scatterAddKernel, takeKernel } from "./movement.js";
import { exponentialsKernel, reduceKernel } from "./reduction.js";

/**
 * Primitives that run as plain JavaScript over WebAssembly memory: they stand outside the inner loops of a training. The
 * other kernels do so, too, for what they do not take: int32 and bool arithmetic, softmax and indexing along inner axes.
 */
export const borrowedKernels: readonly KernelName[] = [
  ...(["expm1", "log1p", "sin", "cos", "pow", "prod", "argmax", "argmin"] as const),
  ...(["takeAlong", "scatterAddAlong", "cumsum", "argsort"] as const),
];

/** The kernel of every primitive over one memory; `panels` is the address of `panelBytes` per thread. */
export function kernelTable(kernels: KernelExports, pool: Pool, { panels }: { readonly panels: number }): KernelTable {
  const borrowed = Object.fromEntries(borrowedKernels.map((name) => [name, referenceKernels[name]])) as Record<
    (typeof borrowedKernels)[number],
    Kernel
  >;
  return {
    ...borrowed,
    neg: unaryKernel(kernels, "neg", kernels.neg),
    abs: unaryKernel(kernels, "abs", kernels.abs),
    exp: unaryKernel(kernels, "exp", kernels.exp),
    log: unaryKernel(kernels, "log", kernels.log),
    sqrt: unaryKernel(kernels, "sqrt", kernels.sqrt),
    tanh: unaryKernel(kernels, "tanh", kernels.tanh),
    sigmoid: unaryKernel(kernels, "sigmoid", kernels.sigmoid),
    relu: unaryKernel(kernels, "relu", kernels.relu),
    sign: unaryKernel(kernels, "sign", kernels.sign),
    cast: castKernel(kernels),
    add: binaryKernel(kernels, pool, "add", kernels.add),
    sub: binaryKernel(kernels, pool, "sub", kernels.sub),
    mul: binaryKernel(kernels, pool, "mul", kernels.mul),
    div: binaryKernel(kernels, pool, "div", kernels.div),
    maximum: binaryKernel(kernels, pool, "maximum", kernels.maximum),
    minimum: binaryKernel(kernels, pool, "minimum", kernels.minimum),
    equal: equalKernel(kernels, pool),
    less: binaryKernel(kernels, pool, "less", kernels.less),
    lessEqual: binaryKernel(kernels, pool, "lessEqual", kernels.lessEqual),
    where: whereKernel(kernels, pool),
    copy: copyKernel(kernels),
    sum: reduceKernel(kernels, pool, "sum", kernels.sum),
    max: reduceKernel(kernels, pool, "max", kernels.maxOf),
    min: reduceKernel(kernels, pool, "min", kernels.minOf),
    softmax: exponentialsKernel(kernels, pool, "softmax"),
    logSoftmax: exponentialsKernel(kernels, pool, "logSoftmax"),
    matmul: matmulKernel(kernels, pool, panels),
    concat: concatKernel(kernels, pool),
    pad: padKernel(kernels),
    take: takeKernel(kernels),
    scatterAdd: scatterAddKernel(kernels, pool),
  };
}
