import type { DType } from "../dtype.js";
import { fail } from "../error.js";
import { formatShape, normalizeAxis } from "../shape.js";
import type { AxisOptions } from "../options.js";
import type { Tensor } from "../tensor.js";

/** The largest elements along an axis, in descending order, and where they stood. */
export interface TopK<D extends DType = DType> {
  readonly values: Tensor<D>;
  readonly indices: Tensor<"int32">;
}

/** The elements along an axis in order. */
export function sort(x: Tensor, { axis, descending = false }: AxisOptions & { readonly descending?: boolean }): Tensor {
  const along = normalizeAxis("sort", axis, x.rank);
  return x.takeAlong(x.argsort({ axis: along, descending }), { axis: along });
}

/** The `k` largest elements along an axis. */
export function topK(x: Tensor, k: number, { axis = -1 }: { readonly axis?: number }): TopK {
  const along = normalizeAxis("topK", axis, x.rank);
  const length = x.shape[along] as number;
  if (!Number.isInteger(k) || k < 0 || k > length) {
    fail("range", `topK: k must lie in 0..${length} for axis ${axis} of ${formatShape(x.shape)}, got ${k}`);
  }
  const indices = x.argsort({ axis: along, descending: true }).slice({ axis: along, stop: k });
  return { values: x.takeAlong(indices, { axis: along }), indices };
}
