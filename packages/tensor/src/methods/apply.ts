import { dispatch, type Operand } from "../dispatch.js";
import type { DType } from "../dtype.js";
import type { AxisOptions } from "../options.js";
import type { Primitive } from "../primitives/primitive.js";
import { normalizeAxis } from "../shape.js";
import type { Tensor } from "../tensor.js";
import type { AbstractTensor } from "./abstract-tensor.js";

/** Runs a primitive for a method, which states in its return type the dtypes that the primitive's shape rule gives. */
export function applyAll<D extends DType>(
  primitive: Primitive,
  operands: readonly (AbstractTensor<DType> | number)[],
  attributes?: object,
): Tensor<D>[] {
  // Only Tensor extends the classes of this folder.
  return dispatch(primitive, operands as readonly Operand[], attributes) as Tensor<D>[];
}

/** As {@link applyAll}, for primitives with one output. */
export function apply<D extends DType>(
  primitive: Primitive,
  operands: readonly (AbstractTensor<DType> | number)[],
  attributes?: object,
): Tensor<D> {
  return applyAll<D>(primitive, operands, attributes)[0] as Tensor<D>;
}

/** As {@link apply}, for primitives that work along one axis of their first operand. */
export function applyAlong<D extends DType>(
  primitive: Primitive,
  operands: readonly [AbstractTensor<DType>, ...AbstractTensor<DType>[]],
  { axis, ...others }: AxisOptions & Readonly<Record<string, unknown>>,
): Tensor<D> {
  return apply(primitive, operands, { axis: normalizeAxis(primitive.name, axis, operands[0].rank), ...others });
}
