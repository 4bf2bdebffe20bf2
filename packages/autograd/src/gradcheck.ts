import { fromTypedArray, referenceBackend, withBackend, type Tensor } from "@unroll/tensor";

import { valueAndGrad } from "./grad.js";

/** The worst element a {@link gradcheck} met. */
export interface GradcheckReport {
  readonly ok: boolean;
  /** Largest |analytic - numeric| over max(1, largest |numeric|). */
  readonly worst: number;
  /** Where it was: which argument, and which element of it in row-major order. */
  readonly argument: number;
  readonly element: number;
  readonly analytic: number;
  readonly numeric: number;
}

/**
 * Compares the gradients of `fn` with central differences of fourth order, in float64 on the reference backend. Stay
 * two steps away from kinks.
 *
 * @param inputs - float64 tensors at which to check.
 * @param options - `step` of the differences (default 5e-4), `tolerance` relative to the largest gradient (default 1e-7).
 */
export function gradcheck(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 5e-4, tolerance = 1e-7 }: { readonly step?: number; readonly tolerance?: number } = {},
): GradcheckReport {
  return withBackend(referenceBackend, () => {
    const { gradients } = valueAndGrad((...variables) => fn(...variables).sum())(...inputs);
    let report: GradcheckReport = { ok: true, worst: 0, argument: 0, element: 0, analytic: 0, numeric: 0 };
    inputs.forEach((input, argument) => {
      const analytic = (gradients[argument] as Tensor).toTypedArray();
      const data = Float64Array.from(input.toTypedArray());
      const numeric = data.map((value, element) => {
        const at = (shifted: number): number => {
          const moved = data.slice();
          moved[element] = shifted;
          return fn(...inputs.map((other, index) => (index === argument ? fromTypedArray(moved, input.shape) : other)))
            .sum()
            .item();
        };
        const near = at(value + step) - at(value - step);
        const far = at(value + 2 * step) - at(value - 2 * step);
        return (8 * near - far) / (12 * step);
      });
      const largest = numeric.reduce((size, value) => Math.max(size, Math.abs(value)), 1);
      numeric.forEach((expected, element) => {
        const worst = Math.abs((analytic[element] as number) - expected) / largest;
        if (worst > report.worst || Number.isNaN(worst)) {
          report = { ok: worst <= tolerance, worst, argument, element, analytic: analytic[element] as number, numeric: expected };
        }
      });
    });
    return report;
  });
}
