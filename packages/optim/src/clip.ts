import { mapNamed, type Named } from "./optimizer.js";

/** Euclidean norm over all gradients together. */
export function globalNorm(gradients: Named): number {
  let squares = 0;
  for (const gradient of Object.values(gradients)) squares += gradient.square().sum().item();
  return Math.sqrt(squares);
}

/**
 * Scales all gradients together so that their norm is at most `maxNorm` (Pascanu et al. 2013).
 *
 * @returns the gradients, and their norm before.
 */
export function clipByGlobalNorm(gradients: Named, { maxNorm }: { readonly maxNorm: number }): { readonly gradients: Named; readonly norm: number } {
  const norm = globalNorm(gradients);
  if (!(norm > maxNorm)) return { gradients, norm };
  return { gradients: mapNamed(gradients, (gradient) => gradient.mul(maxNorm / norm)), norm };
}
