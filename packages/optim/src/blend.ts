import type { Tensor } from "@unroll/tensor";

/** Moves a running mean towards a new value: `share old + (1 - share) fresh`. */
export function blend(old: Tensor, fresh: Tensor, share: number): Tensor {
  return old.add(fresh.sub(old).mul(1 - share));
}
