import { scope, type Tensor } from "@unroll/tensor";

import { blocksOf, mostJoined } from "./block.js";
import { check } from "./check-setting.js";
import { join, part } from "./join.js";
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
 * @returns the gradients, and their norm before. Small gradients that were scaled lie in one block of memory: disposing of one frees all.
 * @throws OptimizerError `option` unless `maxNorm` is positive.
 */
export function clipByGlobalNorm(
  gradients: Named,
  { maxNorm }: { readonly maxNorm: number },
): { readonly gradients: Named; readonly norm: number } {
  check(maxNorm > 0, "clipByGlobalNorm: maxNorm must be above 0", maxNorm);
  // What a tape records must outlive this call, and is left as it is.
  const plain = Object.values(gradients).every(({ interpreter }) => interpreter.level === 0);
  return plain ? scope(() => clipJoined(gradients, maxNorm, mostJoined)) : clipJoined(gradients, maxNorm, 0);
}

// Joined, small gradients take a few operations together, and an optimizer need not join them again.
function clipJoined(
  gradients: Named,
  maxNorm: number,
  mostElements: number,
): { readonly gradients: Named; readonly norm: number } {
  const members = Object.entries(gradients).map(([name, { size, dtype }]) => ({
    name,
    size,
    dtypes: dtype,
    settings: undefined,
  }));
  const blocks = blocksOf(members, { mostElements }).map(({ names }) => ({
    names,
    joined: join(names.map((name) => gradients[name] as Tensor)),
  }));
  const norm = globalNorm(Object.fromEntries(blocks.map(({ joined }, index) => [index, joined])));
  if (!(norm > maxNorm)) return { gradients, norm };
  const bounded: Record<string, Tensor> = { ...gradients };
  for (const { names, joined } of blocks) {
    const shapes = names.map((name) => (gradients[name] as Tensor).shape);
    const parts = part(joined.mul(maxNorm / (norm + 1e-6)), shapes);
    names.forEach((name, index) => (bounded[name] = parts[index] as Tensor));
  }
  return { gradients: bounded, norm };
}

/**
 * Moves every element of every gradient into `-maxValue..maxValue`; the direction changes. NaN stays.
 *
 * @throws OptimizerError `option` unless `maxValue` is positive.
 */
export function clipByValue(gradients: Named, { maxValue }: { readonly maxValue: number }): Named {
  check(maxValue > 0, "clipByValue: maxValue must be above 0", maxValue);
  return mapNamed(gradients, (gradient) => gradient.minimum(maxValue).maximum(-maxValue));
}
