import type { DType } from "../dtype.js";
import type { AxisOptions } from "../options.js";
import { primitives } from "../primitives/table.js";
import type { Promote } from "../promotion.js";
import type { Tensor } from "../tensor.js";
import { applyAlong } from "./apply.js";
import { ViewMethods } from "./view.js";

/** Reading and adding at int32 positions. */
export abstract class IndexingMethods<D extends DType> extends ViewMethods<D> {
  /** Whole slices at int32 `indices` along an axis, which the shape of the indices replaces. */
  take(indices: Tensor, { axis }: AxisOptions): Tensor<D> {
    return applyAlong(primitives.take, [this, indices], { axis });
  }

  /** A copy with `updates` added at int32 `indices` along an axis; repeated indices add up. */
  scatterAdd<E extends DType>(indices: Tensor, updates: Tensor<E>, { axis }: AxisOptions): Tensor<Promote<D, E>> {
    return applyAlong(primitives.scatterAdd, [this, indices, updates], { axis });
  }

  /** One element per index along an axis; the other axes of `indices` match. */
  takeAlong(indices: Tensor, { axis }: AxisOptions): Tensor<D> {
    return applyAlong(primitives.takeAlong, [this, indices], { axis });
  }

  /** A copy with each update added at its index along an axis. */
  scatterAddAlong<E extends DType>(indices: Tensor, updates: Tensor<E>, { axis }: AxisOptions): Tensor<Promote<D, E>> {
    return applyAlong(primitives.scatterAddAlong, [this, indices, updates], { axis });
  }
}
