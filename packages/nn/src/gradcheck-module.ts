import { gradcheck, type GradcheckReport } from "@unroll/autograd";
import type { Tensor } from "@unroll/tensor";

import type { Module } from "./module.js";
import { withBoundParameters } from "./with-bound-parameters.js";

/** The worst element a {@link gradcheckModule} met, and where it was. */
export interface ModuleGradcheckReport extends GradcheckReport {
  /** A parameter's dotted name, or the argument's position in brackets, as `[0]`. */
  readonly name: string;
}

/**
 * Compares the gradients of a module for its arguments and all its parameters with central differences, in float64
 * on the reference backend, whatever the dtype of the parameters.
 *
 * @param forward - calls the module; the sum of what it returns is differentiated. It must give the same for the same arguments.
 * @param inputs - float64 tensors at which to check.
 * @param options - as for `gradcheck`: `step` (default 5e-4), `tolerance` (default 1e-7).
 */
export function gradcheckModule(
  module: Module,
  forward: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  options: Parameters<typeof gradcheck>[2] = {},
): ModuleGradcheckReport {
  const parameters = [...module.parameters()];
  const values = parameters.map(([, { value }]) => value.toDense().cast("float64"));
  const bound = (...all: Tensor[]): Tensor =>
    withBoundParameters(module.parameters().values(), all.slice(inputs.length), () => forward(...all.slice(0, inputs.length)));
  const report = gradcheck(bound, [...inputs, ...values], options);
  return { ...report, name: parameters[report.argument - inputs.length]?.[0] ?? `[${report.argument}]` };
}
