import { scope } from "@unroll/tensor";

import { OptimizerError } from "./error.js";
import { mapNamed, type Named } from "./optimizer.js";

/** Euclidean norm over all gradients together. */
export function globalNorm(gradients: Named): number {
  let squares = 0;
  for (const gradient of Object.values(gradients)) squares += scope(() => gradient.square().sum().item());
  return Math.sqrt(squares);
}

/**
 * Scales all gradients together so that their norm is at most `maxNorm` (Pascanu et al. 2013). It divides by the norm plus
 * 1e-6, as PyTorch does.
 *
 * @returns the gradients, and their norm before.
 * @throws OptimizerError `option` unless `maxNorm` is positive.
 */
export function clipByGlobalNorm(
  gradients: Named,
  { maxNorm }: { readonly maxNorm: number },
): { readonly gradients: Named; readonly norm: number } {
  positive("clipByGlobalNorm: maxNorm", maxNorm);
  const norm = globalNorm(gradients);
  if (!(norm > maxNorm)) return { gradients, norm };
  return { gradients: mapNamed(gradients, (gradient) => gradient.mul(maxNorm / (norm + 1e-6))), norm };
}

/**
 * Moves every element of every gradient into `-maxValue..maxValue`; the direction changes. NaN stays.
 *
 * @throws OptimizerError `option` unless `maxValue` is positive.
 */
export function clipByValue(gradients: Named, { maxValue }: { readonly maxValue: number }): Named {
  positive("clipByValue: maxValue", maxValue);
  return mapNamed(gradients, (gradient) => gradient.minimum(maxValue).maximum(-maxValue));
}

function positive(setting: string, value: number): void {
  if (!(value > 0)) throw new OptimizerError("option", `${setting} must be above 0, got ${value}`);
}
