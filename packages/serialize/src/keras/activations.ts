import { where, type Tensor } from "@unroll/tensor";

/** A function of each element; softmax alone looks along the last axis. */
export type Activation = (x: Tensor) => Tensor;

/** Whose definitions a file follows: Keras 3's, or those of Keras 1 and 2, which TensorFlow.js layers kept. */
export type Convention = "keras-2" | "keras-3";

const relu6 = (x: Tensor): Tensor => x.maximum(0).minimum(6);
const hardSigmoid3 = (x: Tensor): Tensor => relu6(x.add(3)).div(6);

/** `x` where positive, `slope * x` elsewhere. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return where(x.less(0), x.mul(slope), x);
}

/** `x` where positive, `alpha * (e^x - 1)` elsewhere (Clevert et al. 2016). */
export function elu(x: Tensor, alpha: number): Tensor {
  return where(x.less(0), x.minimum(0).expm1().mul(alpha), x);
}

// The error function to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26).
function erf(x: Tensor): Tensor {
  const size = x.abs();
  const t = size.mul(0.3275911).add(1).reciprocal();
  const series = [1.421413741, -0.284496736, 0.254829592].reduce(
    (sum, coefficient) => sum.mul(t).add(coefficient),
    t.mul(1.061405429).add(-1.453152027),
  );
  return x.sign().mul(series.mul(t).mul(size.square().neg().exp()).neg().add(1));
}

const activations: ReadonlyMap<string, Activation> = /* @__PURE__ */ new Map<string, Activation>([
  ["linear", (x) => x],
  ["relu", (x) => x.relu()],
  ["relu6", relu6],
  ["leaky_relu", (x) => leakyRelu(x, 0.2)],
  ["elu", (x) => elu(x, 1)],
  ["selu", (x) => elu(x, 1.6732632423543772).mul(1.0507009873554805)],
  ["softplus", (x) => x.softplus()],
  ["softsign", (x) => x.div(x.abs().add(1))],
  ["silu", (x) => x.mul(x.sigmoid())],
  ["swish", (x) => x.mul(x.sigmoid())],
  ["hard_silu", (x) => x.mul(hardSigmoid3(x))],
  ["hard_swish", (x) => x.mul(hardSigmoid3(x))],
  ["gelu", (x) => x.mul(0.5).mul(erf(x.mul(Math.SQRT1_2)).add(1))],
  ["gelu_new", (x) => x.gelu()],
  ["exponential", (x) => x.exp()],
  ["mish", (x) => x.mul(x.softplus().tanh())],
  ["tanh", (x) => x.tanh()],
  ["hard_tanh", (x) => x.maximum(-1).minimum(1)],
  ["sigmoid", (x) => x.sigmoid()],
  ["log_sigmoid", (x) => x.neg().softplus().neg()],
  ["softmax", (x) => x.softmax()],
  ["log_softmax", (x) => x.logSoftmax()],
]);

/** Names of what {@link activationByName} knows. */
export const activationNames: readonly string[] = /* @__PURE__ */ [...activations.keys(), "hard_sigmoid"];

/**
 * An activation by its name in Keras; undefined for one that is not known. `hard_sigmoid` is `clip(x / 6 + 0.5, 0, 1)` in Keras 3 and
 * `clip(0.2 x + 0.5, 0, 1)` before.
 */
export function activationByName(name: string, convention: Convention): Activation | undefined {
  if (name !== "hard_sigmoid") return activations.get(name);
  return convention === "keras-3" ? hardSigmoid3 : (x) => x.mul(0.2).add(0.5).maximum(0).minimum(1);
}
