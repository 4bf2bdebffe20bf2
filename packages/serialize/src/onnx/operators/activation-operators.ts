import { where, type Tensor } from "@unroll/tensor";

import type { Operator, OperatorCall } from "../operator-call.js";
import { activationByName } from "./activations.js";

const unary =
  (run: (x: Tensor) => Tensor): Operator =>
  (call) => [run(call.input(0))];

const activation =
  (name: string, alpha: number, beta = 0): Operator =>
  (call) => [activationByName(name, { alpha: call.float("alpha", alpha), beta: call.float("beta", beta) })(call.input(0))];

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

const gelu = (x: Tensor): Tensor => x.mul(erf(x.mul(Math.SQRT1_2)).add(1)).mul(0.5);

function selu(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const below = x.minimum(0).expm1().mul(call.float("alpha", 1.67326319217681884765625));
  return [x.relu().add(below).mul(call.float("gamma", 1.05070102214813232421875))];
}

function celu(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const alpha = call.float("alpha", 1);
  return [x.relu().add(x.minimum(0).div(alpha).expm1().mul(alpha))];
}

function prelu(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  return [where(x.less(0), x.mul(call.input(1)), x)];
}

/** The squashing functions. */
export const activationOperators: Readonly<Record<string, Operator>> = {
  Tanh: unary((x) => x.tanh()),
  Sigmoid: unary((x) => x.sigmoid()),
  Relu: unary((x) => x.relu()),
  Erf: unary(erf),
  Softplus: unary((x) => x.softplus()),
  Softsign: activation("Softsign", 0),
  LeakyRelu: activation("LeakyRelu", 0.01),
  PRelu: prelu,
  Elu: activation("Elu", 1),
  Selu: selu,
  Celu: celu,
  Gelu: (call) => [call.text("approximate", "none") === "tanh" ? call.input(0).gelu() : gelu(call.input(0))],
  Mish: unary((x) => x.mul(x.softplus().tanh())),
  HardSigmoid: activation("HardSigmoid", 0.2, 0.5),
  HardSwish: unary((x) => x.mul(x.div(6).add(0.5).maximum(0).minimum(1))),
  ThresholdedRelu: activation("ThresholdedRelu", 1),
};
