import { ones, scalar, zeros } from "../create.js";
import { dispatchOne, type Operand } from "../dispatch.js";
import type { DType } from "../dtype.js";
import { fail } from "../error.js";
import { primitives } from "../primitives/table.js";
import { normalizeAxis } from "../shape.js";
import type { AxisOptions } from "../options.js";
import type { Tensor } from "../tensor.js";

/**
 * A copy of `x` in which `values`, broadcast to the shape of `x.take(indices, { axis })`, stand at int32 `indices` along an
 * axis. The dtype stays: values are cast to it.
 *
 * @throws TensorError `range` when an index lies outside or repeats, `shape` when the values do not broadcast.
 * @example
 * put(zeros([4]), tensor([2, 0], { dtype: "int32" }), tensor([5, 6]), { axis: 0 }); // [6, 0, 5, 0]
 */
export function put<D extends DType>(x: Tensor<D>, indices: Tensor, values: Operand, { axis }: AxisOptions): Tensor<D> {
  const along = normalizeAxis("put", axis, x.rank);
  const length = x.shape[along] as number;
  const counts = zeros([length], { dtype: "int32" }).scatterAdd(indices, ones(indices.shape, { dtype: "int32" }), { axis: 0 });
  const updates = typeof values === "number" ? scalar(values, { dtype: x.dtype }) : values.cast(x.dtype);
  const placed = updates.broadcastTo([...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)]);
  if (indices.size === 0) return x.copy();
  if (counts.max().item() > 1) fail("range", "put: indices must not repeat; use scatterAdd to add up");
  const written = counts.greater(0).reshape(x.shape.map((_, other) => (other === along ? length : 1)));
  const cleared = dispatchOne(primitives.where, [written, scalar(0, { dtype: x.dtype }), x]);
  return cleared.scatterAdd(indices, placed, { axis: along }) as Tensor<D>;
}
