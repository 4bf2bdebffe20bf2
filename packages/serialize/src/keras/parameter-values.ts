import type { Parameter } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

/** Which parameters get which values: read whole and checked before any of them changes. */
export type ParameterValues = readonly (readonly [Parameter, Tensor])[];

/** Puts the values in place. */
export function assignValues(values: ParameterValues): void {
  for (const [parameter, value] of values) parameter.assign(value);
}
