import { concat, stack, type Tensor } from "@unroll/tensor";

/**
 * How both directions of a layer become one output: side by side, or by element; `"none"` keeps them apart on a new axis,
 * `[batch, time, 2, width]`, above the last layer, and side by side below it.
 */
export type Merge = "concat" | "sum" | "mul" | "ave" | "none";

/** Joins `[…, width]` of both directions; one direction passes. */
export function mergeDirections([forward, reverse]: readonly Tensor[], merge: Merge): Tensor {
  const one = forward as Tensor;
  if (reverse === undefined) return one;
  switch (merge) {
    case "concat":
      return concat([one, reverse], { axis: -1 });
    case "none":
      return stack([one, reverse], { axis: one.rank - 1 });
    case "sum":
      return one.add(reverse);
    case "mul":
      return one.mul(reverse);
    case "ave":
      return one.add(reverse).mul(0.5);
  }
}

/** The width that {@link mergeDirections} gives. */
export function mergedSize(width: number, { directions, merge }: { readonly directions: number; readonly merge: Merge }): number {
  return merge === "concat" ? width * directions : width;
}
