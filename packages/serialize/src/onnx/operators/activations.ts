import { where, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";

/** Constants of an activation. */
export interface ActivationConstants {
  readonly alpha: number;
  readonly beta: number;
}

type Activation = (x: Tensor, constants: ActivationConstants) => Tensor;

const activations: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ["relu", (x) => x.relu()],
  ["tanh", (x) => x.tanh()],
  ["sigmoid", (x) => x.sigmoid()],
  ["affine", (x, { alpha, beta }) => x.mul(alpha).add(beta)],
  ["leakyrelu", (x, { alpha }) => where(x.less(0), x.mul(alpha), x)],
  ["thresholdedrelu", (x, { alpha }) => where(x.greater(alpha), x, 0)],
  ["scaledtanh", (x, { alpha, beta }) => x.mul(beta).tanh().mul(alpha)],
  ["hardsigmoid", (x, { alpha, beta }) => x.mul(alpha).add(beta).maximum(0).minimum(1)],
  ["elu", (x, { alpha }) => where(x.less(0), x.minimum(0).expm1().mul(alpha), x)],
  ["softsign", (x) => x.div(x.abs().add(1))],
  ["softplus", (x) => x.softplus()],
]);

// Defaults as in the operators of the same names; alpha and beta are listed only for activations that have them.
const defaults: ReadonlyMap<string, Partial<ActivationConstants>> = new Map<string, Partial<ActivationConstants>>([
  ["affine", { alpha: 1, beta: 0 }],
  ["leakyrelu", { alpha: 0.01 }],
  ["thresholdedrelu", { alpha: 1 }],
  ["scaledtanh", { alpha: 1, beta: 1 }],
  ["hardsigmoid", { alpha: 0.2, beta: 0.5 }],
  ["elu", { alpha: 1 }],
]);

/**
 * One activation with its constants; names differ in case between exporters.
 *
 * @throws SerializeError `format` for an unknown name
 */
export function activationByName(name: string, constants: ActivationConstants): (x: Tensor) => Tensor {
  const run = activations.get(name.toLowerCase());
  if (run === undefined)
    return fail("format", `run ONNX: the activation ${name} is not supported; there are ${[...activations.keys()].join(", ")}`);
  return (x) => run(x, constants);
}

/** The activations of a recurrent operator: each takes its constants from the lists as far as it has any, in turn. */
export function activationsByName(
  names: readonly string[],
  { alphas, betas }: { readonly alphas: readonly number[]; readonly betas: readonly number[] },
): ((x: Tensor) => Tensor)[] {
  const alphaValues = [...alphas];
  const betaValues = [...betas];
  return names.map((name) => {
    const own = defaults.get(name.toLowerCase());
    const alpha = own?.alpha === undefined ? 0 : (alphaValues.shift() ?? own.alpha);
    const beta = own?.beta === undefined ? 0 : (betaValues.shift() ?? own.beta);
    return activationByName(name, { alpha, beta });
  });
}
