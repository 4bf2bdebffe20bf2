import { scalar } from "../create.js";
import { dispatchOne, type Operand } from "../dispatch.js";
import type { DType } from "../dtype.js";
import { fail } from "../error.js";
import { upload } from "../evaluate.js";
import { primitives } from "../primitives/table.js";
import { normalizeAxis, sliceRange } from "../shape.js";
import type { SliceOptions } from "../options.js";
import type { Tensor } from "../tensor.js";

/**
 * A copy of `x` in which `values`, broadcast, stand in for a slice of one axis, or for where slices of several axes meet.
 * The dtype stays: values are cast to it.
 *
 * @throws TensorError `axis` when an axis is named twice, `shape` when the values do not broadcast to the slice.
 * @example
 * setSlice(zeros([4]), { axis: 0, step: 2 }, 7); // [7, 0, 7, 0]
 */
export function setSlice<D extends DType>(
  x: Tensor<D>,
  range: SliceOptions | readonly SliceOptions[],
  values: Operand,
): Tensor<D> {
  const ranges = "axis" in range ? [range] : range;
  const sizes = [...x.shape];
  const written = new Set<number>();
  const masks: Tensor[] = [];
  const sources: { readonly axis: number; readonly indices: Tensor }[] = [];
  for (const { axis, start, stop, step = 1 } of ranges) {
    const along = normalizeAxis("setSlice", axis, x.rank);
    if (written.has(along)) fail("axis", `setSlice: each axis may be named once, got axis ${axis} twice; slice it once`);
    written.add(along);
    const length = x.shape[along] as number;
    const range = sliceRange(length, { start, stop, step });
    sizes[along] = range.size;
    // For each position of the axis, whether it is written, and which of the values goes there.
    const mask = new Uint8Array(length);
    const source = new Int32Array(length);
    for (let index = 0; index < range.size; index++) {
      mask[range.start + index * step] = 1;
      source[range.start + index * step] = index;
    }
    const shape = x.shape.map((_, other) => (other === along ? length : 1));
    masks.push(upload(mask, shape, "bool"));
    sources.push({ axis: along, indices: upload(source, [length], "int32") });
  }
  let placed = typeof values === "number" ? scalar(values, { dtype: x.dtype }) : values.cast(x.dtype).broadcastTo(sizes);
  if (sizes.includes(0)) return x.copy();
  if (placed.rank > 0) for (const { axis, indices } of sources) placed = placed.take(indices, { axis });
  const mask = masks.reduce((all, next) => all.minimum(next), scalar(1, { dtype: "bool" }));
  return dispatchOne(primitives.where, [mask, placed, x]) as Tensor<D>;
}
