import { scalar, where, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import { dtypeOfElement } from "../tensor-proto.js";
import type { Operator, OperatorCall } from "../operator-call.js";

const unary =
  (run: (x: Tensor) => Tensor): Operator =>
  (call) => [run(call.input(0))];

const binary =
  (run: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) => [run(call.input(0), call.input(1))];

const variadic =
  (run: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) => [call.inputs.map((_, index) => call.input(index)).reduce(run)];

function clip(call: OperatorCall): readonly Tensor[] {
  const low = call.optional(1) ?? (call.has("min") ? scalar(call.float("min", 0)) : undefined);
  const high = call.optional(2) ?? (call.has("max") ? scalar(call.float("max", 0)) : undefined);
  const x = call.input(0);
  const above = low === undefined ? x : x.maximum(low);
  return [high === undefined ? above : above.minimum(high)];
}

// Quotients of integers are integers in ONNX, rounded towards zero.
function divide(a: Tensor, b: Tensor): Tensor {
  return a.dtype === "int32" && b.dtype === "int32" ? a.div(b).cast("int32") : a.div(b);
}

// Halves go to the even neighbour.
function round(x: Tensor): Tensor {
  const up = x.add(0.5).floor();
  const isOdd = up.sub(up.mul(0.5).floor().mul(2)).equal(1);
  return where(up.sub(x).equal(0.5).logicalAnd(isOdd), up.sub(1), up);
}

// The remainder has the sign of the divisor, or of the dividend with `fmod`.
function modulo(call: OperatorCall): readonly Tensor[] {
  const a = call.input(0);
  const b = call.input(1);
  const quotient = a.div(b);
  const whole = call.int("fmod", 0) === 0 ? quotient.floor() : quotient.abs().floor().mul(quotient.sign());
  return [a.sub(whole.cast(a.dtype).mul(b))];
}

function isInfinite(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const sides = [
    ...(call.int("detect_positive", 1) === 0 ? [] : [Infinity]),
    ...(call.int("detect_negative", 1) === 0 ? [] : [-Infinity]),
  ];
  return [
    sides.map((side) => x.equal(side)).reduce((either, other) => either.logicalOr(other), x.notEqual(x).logicalAnd(x.equal(x))),
  ];
}

function dropout(call: OperatorCall): readonly Tensor[] {
  const training = call.optional(2);
  if (training !== undefined && training.item() !== 0)
    fail("format", `run ONNX: ${call.described} drops at random; export the model for inference`);
  const x = call.input(0);
  return [x, x.equal(x).logicalOr(x.notEqual(x))];
}

/** Operators that work element by element, broadcast. */
export const elementwiseOperators: Readonly<Record<string, Operator>> = {
  Abs: unary((x) => x.abs()),
  Neg: unary((x) => x.neg()),
  Sign: unary((x) => x.sign()),
  Exp: unary((x) => x.exp()),
  Log: unary((x) => x.log()),
  Sqrt: unary((x) => x.sqrt()),
  Reciprocal: unary((x) => x.reciprocal()),
  Sin: unary((x) => x.sin()),
  Cos: unary((x) => x.cos()),
  Tan: unary((x) => x.sin().div(x.cos())),
  Sinh: unary((x) => x.exp().sub(x.neg().exp()).mul(0.5)),
  Cosh: unary((x) => x.exp().add(x.neg().exp()).mul(0.5)),
  Floor: unary((x) => x.floor()),
  Ceil: unary((x) => x.neg().floor().neg()),
  Round: unary(round),
  IsNaN: unary((x) => x.isNaN()),
  IsInf: isInfinite,
  Mod: modulo,
  Not: unary((x) => x.logicalNot()),
  Identity: unary((x) => x),
  Dropout: dropout,
  Add: binary((a, b) => a.add(b)),
  Sub: binary((a, b) => a.sub(b)),
  Mul: binary((a, b) => a.mul(b)),
  Div: binary(divide),
  Pow: binary((a, b) => a.pow(b)),
  Sum: variadic((a, b) => a.add(b)),
  Max: variadic((a, b) => a.maximum(b)),
  Min: variadic((a, b) => a.minimum(b)),
  Equal: binary((a, b) => a.equal(b)),
  Less: binary((a, b) => a.less(b)),
  LessOrEqual: binary((a, b) => a.lessEqual(b)),
  Greater: binary((a, b) => a.greater(b)),
  GreaterOrEqual: binary((a, b) => a.greaterEqual(b)),
  And: binary((a, b) => a.logicalAnd(b)),
  Or: binary((a, b) => a.logicalOr(b)),
  Xor: binary((a, b) => a.notEqual(b)),
  Mean: (call) => [
    call.inputs
      .map((_, index) => call.input(index))
      .reduce((a, b) => a.add(b))
      .div(call.inputs.length),
  ],
  Where: (call) => [where(call.input(0), call.input(1), call.input(2))],
  Clip: clip,
  CastLike: (call) => [call.input(0).cast(call.input(1).dtype)],
  Cast: (call) => [call.input(0).cast(dtypeOfElement(call.int("to", 1), call.described))],
};
