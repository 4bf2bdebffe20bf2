import type { Tensor } from "@unroll/tensor";

/**
 * Mean of all elements: a stand-in for the first concept of this package.
 *
 * @param x - Any shape.
 * @returns A scalar.
 */
export function meanOf(x: Tensor): Tensor {
  return x.mean();
}
