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

const viewPrimitives = { reshape, permute, broadcastTo, slice, split };

const kernelPrimitives: Readonly<Record<KernelName, Primitive>> = {
  neg: unary("neg", { integers: true }),
  abs: unary("abs", { integers: true }),
  sign: unary("sign", { integers: true }),
  exp: unary("exp"),
  expm1: unary("expm1"),
  log: unary("log"),
  log1p: unary("log1p"),
  sqrt: unary("sqrt"),
  sin: unary("sin"),
  cos: unary("cos"),
  tanh: unary("tanh"),
  sigmoid: unary("sigmoid"),
  relu: unary("relu", { integers: true }),
  add: binary("add", { minimum: "int32" }),
  sub: binary("sub", { minimum: "int32" }),
  mul: binary("mul", { minimum: "int32" }),
  div: binary("div", { minimum: "float32" }),
  pow: binary("pow", { minimum: "float32" }),
  maximum: binary("maximum"),
  minimum: binary("minimum"),
  equal: binary("equal", { output: "bool" }),
  less: binary("less", { output: "bool" }),
  lessEqual: binary("lessEqual", { output: "bool" }),
  where,
  cast,
  copy,
  sum: reduce("sum", { empty: true }),
  prod: reduce("prod", { empty: true }),
  max: reduce("max", { empty: false }),
  min: reduce("min", { empty: false }),
  argmax: argReduce("argmax"),
  argmin: argReduce("argmin"),
  matmul,
  concat,
  pad,
  take,
  scatterAdd,
  takeAlong,
  scatterAddAlong,
  cumsum,
  argsort,
  softmax: normalizeExponentials("softmax"),
  logSoftmax: normalizeExponentials("logSoftmax"),
};

/** Every primitive by name; whatever walks the table (kernels, derivatives, tests) must cover all of it. */
export const primitives: Readonly<Record<PrimitiveName, Primitive>> = { ...viewPrimitives, ...kernelPrimitives };

/** The names in {@link KernelName}, for walks at run time. */
export const kernelNames: readonly KernelName[] = Object.keys(kernelPrimitives) as KernelName[];
