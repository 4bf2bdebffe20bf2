import type { Primitive } from "./primitive.js";
import { binary, cast, copy, unary, where } from "./elementwise.js";
import { matmul } from "./matmul.js";
import { concat, pad, scatterAdd, scatterAddAlong, take, takeAlong } from "./movement.js";
import { argReduce, argsort, cumsum, normalizeExponentials, reduce } from "./reduction.js";
import { broadcastTo, permute, reshape, slice, split } from "./view.js";

/** Names of the primitives a backend has to bring a kernel for: all but the views. */
export type KernelName =
  | ("neg" | "abs" | "sign" | "exp" | "expm1" | "log" | "log1p" | "sqrt" | "sin" | "cos" | "tanh" | "sigmoid" | "relu")
  | ("add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "equal" | "less" | "lessEqual")
  | ("where" | "cast" | "copy")
  | ("sum" | "prod" | "max" | "min" | "argmax" | "argmin")
  | ("matmul" | "concat" | "pad" | "take" | "scatterAdd" | "takeAlong" | "scatterAddAlong")
  | ("cumsum" | "argsort" | "softmax" | "logSoftmax");

/** Names of all primitives. */
export type PrimitiveName = KernelName | "reshape" | "permute" | "broadcastTo" | "slice" | "split";

// A primitive, or what makes it from its name.
type Named = Primitive | ((name: string) => Primitive);

const named: Readonly<Record<KernelName, Named>> = {
  neg: unary({ integers: true }),
  abs: unary({ integers: true }),
  sign: unary({ integers: true }),
  exp: unary(),
  expm1: unary(),
  log: unary(),
  log1p: unary(),
  sqrt: unary(),
  sin: unary(),
  cos: unary(),
  tanh: unary(),
  sigmoid: unary(),
  relu: unary({ integers: true }),
  add: binary({ minimum: "int32" }),
  sub: binary({ minimum: "int32" }),
  mul: binary({ minimum: "int32" }),
  div: binary({ minimum: "float32" }),
  pow: binary({ minimum: "float32" }),
  maximum: binary(),
  minimum: binary(),
  equal: binary({ output: "bool" }),
  less: binary({ output: "bool" }),
  lessEqual: binary({ output: "bool" }),
  where,
  cast,
  copy,
  sum: reduce({ empty: true }),
  prod: reduce({ empty: true }),
  max: reduce({ empty: false }),
  min: reduce({ empty: false }),
  argmax: argReduce,
  argmin: argReduce,
  matmul,
  concat,
  pad,
  take,
  scatterAdd,
  takeAlong,
  scatterAddAlong,
  cumsum,
  argsort,
  softmax: normalizeExponentials,
  logSoftmax: normalizeExponentials,
};

/** The names in {@link KernelName}, for walks at run time. */
export const kernelNames: readonly KernelName[] = Object.keys(named) as KernelName[];

/** Every primitive by name; whatever walks the table (kernels, derivatives, tests) must cover all of it. */
export const primitives: Readonly<Record<PrimitiveName, Primitive>> = {
  ...{ reshape, permute, broadcastTo, slice, split },
  ...(Object.fromEntries(
    Object.entries(named).map(([name, made]) => [name, typeof made === "function" ? made(name) : made]),
  ) as Record<KernelName, Primitive>),
};
