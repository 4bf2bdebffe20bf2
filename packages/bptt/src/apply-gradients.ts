import type { Parameter } from "@unroll/nn";
import { clipByGlobalNorm, clipByValue, globalNorm, type Named, type Optimizer } from "@unroll/optim";
import { collectTensors, keep, scope, type Tensor } from "@unroll/tensor";

import type { Clip } from "./fit-options.js";

/** Gradients as the optimizer gets them. */
export interface Clipped {
  readonly gradients: Named;
  /** Norm of all together, before. */
  readonly norm: number;
  readonly clipped: boolean;
}

/** Bounds gradients. */
export function clipGradients(gradients: Named, clip: Clip | undefined): Clipped {
  if (clip?.maxNorm !== undefined) {
    const bounded = clipByGlobalNorm(gradients, clip);
    return { ...bounded, clipped: bounded.gradients !== gradients };
  }
  const norm = globalNorm(gradients);
  if (clip === undefined) return { gradients, norm, clipped: false };
  const largest = Math.max(...Object.values(gradients).map((gradient) => scope(() => gradient.abs().max().item())));
  return { gradients: clipByValue(gradients, clip), norm, clipped: largest > clip.maxValue };
}

/** Gives the parameters their new values and returns the optimizer's new state; the state before is freed. */
export function applyGradients<S>(
  parameters: ReadonlyMap<string, Parameter>,
  gradients: Named,
  { optimizer, state }: { readonly optimizer: Optimizer<S>; readonly state: S },
): S {
  return scope(() => {
    const values = Object.fromEntries([...parameters].map(([name, parameter]) => [name, parameter.value]));
    const updated = optimizer.update(gradients, state, values);
    keep(updated.state);
    freeReplaced(state, updated.state);
    for (const [name, parameter] of parameters) parameter.assign(updated.parameters[name] as Tensor);
    return updated.state;
  });
}

// A parameter without a gradient keeps its slots, so that both states share them.
function freeReplaced(before: unknown, after: unknown): void {
  const kept = new Set(collectTensors(after).map((tensor) => tensor.toDense().storage));
  for (const tensor of collectTensors(before)) if (!kept.has(tensor.toDense().storage)) tensor.dispose();
}
