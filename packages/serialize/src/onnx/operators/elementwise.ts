import { scalar, where, type Tensor } from "@unroll/tensor";

import { dtypeOfElement } from "../tensor-proto.js";
import type { Operator, OperatorCall } from "../operator-call.js";
import { activationByName } from "./activations.js";

const unary =
  (run: (x: Tensor) => Tensor): Operator =>
  (call) => [run(call.input(0))];

const binary =
  (run: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) => [run(call.input(0), call.input(1))];

const variadic =
  (run: (a: Tensor, b: Tensor) => Tensor): Operator =>
  (call) => [call.inputs.map((_, index) => call.input(index)).reduce(run)];

const activation =
  (name: string, alpha: number, beta = 0): Operator =>
  (call) => [activationByName(name, { alpha: call.float("alpha", alpha), beta: call.float("beta", beta) })(call.input(0))];

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

// The Chebyshev fit of Numerical Recipes (section 6.2, erfcc), good to 1.2e-7.
function erf(x: Tensor): Tensor {
  const t = x.abs().mul(0.5).add(1).reciprocal();
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  ];
  const series = coefficients.reduce<Tensor>((sum, coefficient) => sum.mul(t).add(coefficient), t.mul(0)).mul(t);
  const complement = t.mul(x.square().neg().add(-1.26551223).add(series).exp());
  return complement.neg().add(1).mul(x.sign());
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
  Erf: unary(erf),
  Tanh: unary((x) => x.tanh()),
  Sigmoid: unary((x) => x.sigmoid()),
  Relu: unary((x) => x.relu()),
  Softplus: unary((x) => x.softplus()),
  Softsign: activation("Softsign", 0),
  LeakyRelu: activation("LeakyRelu", 0.01),
  Elu: activation("Elu", 1),
  HardSigmoid: activation("HardSigmoid", 0.2, 0.5),
  ThresholdedRelu: activation("ThresholdedRelu", 1),
  Not: unary((x) => x.logicalNot()),
  Identity: unary((x) => x),
  Dropout: (call) => [call.input(0), call.input(0).equal(call.input(0))],
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
  Where: (call) => [where(call.input(0), call.input(1), call.input(2))],
  Clip: clip,
  Cast: (call) => [call.input(0).cast(dtypeOfElement(call.int("to", 1), call.described))],
};
