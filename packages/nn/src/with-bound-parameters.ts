import type { Tensor } from "@unroll/tensor";

import type { Parameter } from "./parameter.js";

/** Runs `run` while each parameter stands for the tensor of its place in `stands`. */
export function withBoundParameters<R>(
  parameters: Iterable<Parameter>,
  stands: readonly (Tensor | undefined)[],
  run: () => R,
): R {
  const bound = [...parameters];
  try {
    bound.forEach((parameter, index) => parameter.bind(stands[index]));
    return run();
  } finally {
    for (const parameter of bound) parameter.bind(undefined);
  }
}
