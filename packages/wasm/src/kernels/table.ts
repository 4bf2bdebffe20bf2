import type { Kernel, KernelTable } from "@unroll/tensor";

import type { BinaryExport, IndexExport, KernelExports, ReduceExport, UnaryExport } from "../exports.js";
import type { Pool } from "../pool.js";
import { argsortKernel, cumsumKernel, exponentialsKernel } from "./along-axis.js";
import { binaryKernel } from "./binary.js";
import { byDType, type ByDTypeOptions } from "./by-dtype.js";
import { castKernel } from "./cast.js";
import { copyKernel } from "./copy.js";
import { gatherKernel, scatterKernel } from "./indexing.js";
import { matmulKernel } from "./matmul.js";
import { concatKernel, padKernel } from "./movement.js";
import { reduceAxisKernel, reduceKernel } from "./reduction.js";
import { unaryKernel } from "./unary.js";
import { whereKernel } from "./where.js";

/** The kernel of every primitive over one memory; `panels` is the address of `panelBytes` per thread. */
export function kernelTable(kernels: KernelExports, pool: Pool, { panels }: { readonly panels: number }): KernelTable {
  const cast = castKernel(kernels, pool);
  const unary = (float32: UnaryExport, int32?: UnaryExport): Kernel => unaryKernel(kernels, float32, int32);
  const floats = (run: BinaryExport): Kernel => byDType(cast, { float32: binaryKernel(kernels, pool, run) });
  const binary = (float32: BinaryExport, int32: BinaryExport, options?: ByDTypeOptions): Kernel =>
    byDType(cast, { float32: binaryKernel(kernels, pool, float32), int32: binaryKernel(kernels, pool, int32) }, options);
  const predicate = (float32: BinaryExport, int32: BinaryExport): Kernel => binary(float32, int32, { predicate: true });
  const reduce = (float32: ReduceExport, int32: ReduceExport): Kernel =>
    byDType(cast, { float32: reduceKernel(kernels, pool, float32), int32: reduceKernel(kernels, pool, int32) });
  const reduceAxis = (float32: ReduceExport, int32: ReduceExport): Kernel =>
    byDType(cast, { float32: reduceAxisKernel(kernels, pool, float32), int32: reduceAxisKernel(kernels, pool, int32) });
  const scatter = (name: "scatterAdd" | "scatterAddAlong", float32: IndexExport, int32: IndexExport): Kernel =>
    byDType(
      cast,
      { float32: scatterKernel(kernels, pool, name, float32), int32: scatterKernel(kernels, pool, name, int32) },
      { apart: 1 },
    );
  // The same for each dtype of four bytes.
  const where = whereKernel(kernels, pool);
  const takeAlong = gatherKernel(kernels, pool, "takeAlong");
  const argsort = argsortKernel(kernels, pool);
  const concat = concatKernel(kernels, pool);
  return {
    neg: unary(kernels.neg, kernels.negIntegers),
    abs: unary(kernels.abs, kernels.absIntegers),
    sign: unary(kernels.sign, kernels.signIntegers),
    exp: unary(kernels.exp),
    expm1: unary(kernels.expm1),
    log: unary(kernels.log),
    log1p: unary(kernels.log1p),
    sqrt: unary(kernels.sqrt),
    sin: unary(kernels.sin),
    cos: unary(kernels.cos),
    tanh: unary(kernels.tanh),
    sigmoid: unary(kernels.sigmoid),
    relu: unary(kernels.relu, kernels.reluIntegers),
    add: binary(kernels.add, kernels.addIntegers),
    sub: binary(kernels.sub, kernels.subIntegers),
    mul: binary(kernels.mul, kernels.mulIntegers),
    div: floats(kernels.div),
    pow: floats(kernels.pow),
    maximum: binary(kernels.maximum, kernels.maximumIntegers),
    minimum: binary(kernels.minimum, kernels.minimumIntegers),
    equal: predicate(kernels.equal, kernels.equalIntegers),
    less: predicate(kernels.less, kernels.lessIntegers),
    lessEqual: predicate(kernels.lessEqual, kernels.lessEqualIntegers),
    where: byDType(cast, { float32: where, int32: where }, { apart: 0 }),
    cast,
    copy: copyKernel(kernels),
    sum: reduce(kernels.sum, kernels.sumIntegers),
    prod: reduce(kernels.prod, kernels.prodIntegers),
    max: reduce(kernels.maxOf, kernels.maxOfIntegers),
    min: reduce(kernels.minOf, kernels.minOfIntegers),
    argmax: reduceAxis(kernels.argmax, kernels.argmaxIntegers),
    argmin: reduceAxis(kernels.argmin, kernels.argminIntegers),
    matmul: byDType(cast, { float32: matmulKernel(kernels, pool, panels) }),
    concat: byDType(cast, { float32: concat, int32: concat, bool: concat }),
    pad: padKernel(kernels, pool),
    take: gatherKernel(kernels, pool, "take"),
    takeAlong: byDType(cast, { float32: takeAlong, int32: takeAlong }, { apart: 1 }),
    scatterAdd: scatter("scatterAdd", kernels.addRows, kernels.addRowsIntegers),
    scatterAddAlong: scatter("scatterAddAlong", kernels.addAlong, kernels.addAlongIntegers),
    cumsum: byDType(cast, {
      float32: cumsumKernel(kernels, pool, kernels.cumsum),
      int32: cumsumKernel(kernels, pool, kernels.cumsumIntegers),
    }),
    argsort: byDType(cast, { float32: argsort, int32: argsort }),
    softmax: exponentialsKernel(kernels, pool, kernels.softmax),
    logSoftmax: exponentialsKernel(kernels, pool, kernels.logSoftmax),
  };
}
