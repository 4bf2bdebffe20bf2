import type { Tensor } from "@unroll/tensor";

import type { Parameter } from "./parameter.js";

/** Runs `run` while each parameter stands for the tensor of its place in `stands`; then for what it stood for before. */
export function withBoundParameters<R>(
  parameters: Iterable<Parameter>,
  stands: readonly (Tensor | undefined)[],
  run: () => R,
): R {
  const bound = [...parameters];
  const before = bound.map((parameter, index) => parameter.bind(stands[index]));
  try {
    return run();
  } finally {
    bound.forEach((parameter, index) => parameter.bind(before[index]));
  }
}
