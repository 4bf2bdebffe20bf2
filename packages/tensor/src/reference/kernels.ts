import type { KernelTable } from "../backend.js";
import { binaryKernel, cast, copy, unaryKernel, where } from "./elementwise.js";
import { gather, scatter } from "./index-kernels.js";
import { matmul } from "./matmul.js";
import { concat, pad } from "./movement.js";
import { argReduceKernel, argsort, cumsum, exponentials, reduceKernel } from "./reduction.js";

const not = Number.isNaN;

/** One kernel per primitive, in plain JavaScript; other backends may borrow those they lack, over their own storage. */
export const referenceKernels: KernelTable = {
  neg: unaryKernel((x) => -x),
  abs: unaryKernel(Math.abs),
  sign: unaryKernel(Math.sign),
  exp: unaryKernel(Math.exp),
  expm1: unaryKernel(Math.expm1),
  log: unaryKernel(Math.log),
  log1p: unaryKernel(Math.log1p),
  sqrt: unaryKernel(Math.sqrt),
  sin: unaryKernel(Math.sin),
  cos: unaryKernel(Math.cos),
  tanh: unaryKernel(Math.tanh),
  sigmoid: unaryKernel((x) => {
    if (x >= 0) return 1 / (1 + Math.exp(-x));
    const e = Math.exp(x);
    return e / (1 + e);
  }),
  relu: unaryKernel((x) => (x > 0 || not(x) ? x : 0)),
  add: binaryKernel((a, b) => a + b),
  sub: binaryKernel((a, b) => a - b),
  mul: binaryKernel((a, b) => a * b, Math.imul),
  div: binaryKernel((a, b) => a / b),
  pow: binaryKernel(Math.pow),
  maximum: binaryKernel(Math.max),
  minimum: binaryKernel(Math.min),
  equal: binaryKernel((a, b) => (a === b ? 1 : 0)),
  less: binaryKernel((a, b) => (a < b ? 1 : 0)),
  lessEqual: binaryKernel((a, b) => (a <= b ? 1 : 0)),
  where,
  cast,
  copy,
  sum: reduceKernel(
    0,
    (total, x) => total + x,
    (total, x) => (total + x) | 0,
  ),
  prod: reduceKernel(1, (total, x) => total * x, Math.imul),
  max: reduceKernel(-Infinity, Math.max),
  min: reduceKernel(Infinity, Math.min),
  argmax: argReduceKernel((x, best) => x > best),
  argmin: argReduceKernel((x, best) => x < best),
  matmul,
  concat,
  pad,
  take: gather("take"),
  takeAlong: gather("takeAlong"),
  scatterAdd: scatter("scatterAdd"),
  scatterAddAlong: scatter("scatterAddAlong"),
  cumsum,
  argsort,
  softmax: exponentials((shifted, total) => Math.exp(shifted) / total),
  logSoftmax: exponentials((shifted, total) => shifted - Math.log(total)),
};
