import type { DType } from "../dtype.js";
import { fail } from "../error.js";
import type { AxisOptions, SliceOptions } from "../options.js";
import { primitives } from "../primitives/table.js";
import { completeShape, formatShape, normalizeAxis, sliceRange, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { apply, applyAll } from "./apply.js";
import { ReductionMethods } from "./reduction.js";

/** Other looks at the same elements: nothing is copied, unless `reshape` must. */
export abstract class ViewMethods<D extends DType> extends ReductionMethods<D> {
  /** Swaps the last two axes, as a view. */
  transpose(): Tensor<D> {
    const last = this.rank - 1;
    if (last < 1) fail("axis", `transpose: needs rank >= 2, got ${formatShape(this.shape)}; unsqueeze it first`);
    return this.permute(this.shape.map((_, axis) => (axis === last ? last - 1 : axis === last - 1 ? last : axis)));
  }

  /** Axes in another order, as a view. */
  permute(axes: readonly number[]): Tensor<D> {
    return apply(primitives.permute, [this], { axes: axes.map((axis) => normalizeAxis("permute", axis, this.rank)) });
  }

  /** Another shape over the same elements; one size may be -1 and follows from the others. */
  reshape(shape: Shape): Tensor<D> {
    return apply(primitives.reshape, [this], { shape: completeShape(this.shape, shape) });
  }

  /** Repeats axes of size 1 and new leading axes, as a view. */
  broadcastTo(shape: Shape): Tensor<D> {
    return apply(primitives.broadcastTo, [this], { shape });
  }

  /** Part of one axis, as a view. */
  slice({ axis, start, stop, step = 1 }: SliceOptions): Tensor<D> {
    const along = normalizeAxis("slice", axis, this.rank);
    const range = sliceRange(this.shape[along] as number, { start, stop, step });
    const pick = (value: number, otherwise: number): number[] =>
      this.shape.map((_, index) => (index === along ? value : otherwise));
    return apply(primitives.slice, [this], {
      starts: pick(range.start, 0),
      sizes: this.shape.map((whole, index) => (index === along ? range.size : whole)),
      steps: pick(step, 1),
    });
  }

  /** One axis back to front, as a view. */
  flip({ axis }: AxisOptions): Tensor<D> {
    return this.slice({ axis: normalizeAxis("flip", axis, this.rank), step: -1 });
  }

  /** Consecutive parts of one axis, as views: a count of equal parts, or the size of each. */
  split(parts: number | readonly number[], { axis }: AxisOptions): Tensor<D>[] {
    const along = normalizeAxis("split", axis, this.rank);
    const length = this.shape[along] as number;
    if (typeof parts === "number" && (!Number.isInteger(parts) || length % parts !== 0 || parts < 1)) {
      fail(
        "shape",
        `split: axis ${axis} of ${formatShape(this.shape)} does not divide into ${parts} equal parts; give the sizes`,
      );
    }
    const sizes = typeof parts === "number" ? new Array<number>(parts).fill(length / parts) : parts;
    return applyAll(primitives.split, [this], { axis: along, sizes });
  }

  /** The slices along one axis, without it. */
  unstack({ axis }: AxisOptions): Tensor<D>[] {
    const along = normalizeAxis("unstack", axis, this.rank);
    const length = this.shape[along] as number;
    return this.split(new Array<number>(length).fill(1), { axis: along }).map((part) => part.squeeze({ axis: along }));
  }

  /** Drops an axis of size 1. */
  squeeze({ axis }: AxisOptions): Tensor<D> {
    const along = normalizeAxis("squeeze", axis, this.rank);
    if (this.shape[along] !== 1)
      fail("shape", `squeeze: axis ${axis} of ${formatShape(this.shape)} must have size 1; slice or reduce it first`);
    return this.reshape(this.shape.filter((_, index) => index !== along));
  }

  /** Adds an axis of size 1 before position `axis` of the result. */
  unsqueeze({ axis }: AxisOptions): Tensor<D> {
    const along = normalizeAxis("unsqueeze", axis, this.rank + 1);
    return this.reshape([...this.shape.slice(0, along), 1, ...this.shape.slice(along)]);
  }
}
