import { sameShape, type Shape, type Tensor } from "@unroll/tensor";

/** Undoes broadcasting: sums `x` over the axes on which `shape` is smaller. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const added = x.rank - shape.length;
  const axes = x.shape.flatMap((length, axis) => (axis < added || (shape[axis - added] === 1 && length !== 1) ? [axis] : []));
  return x.sum({ axes, keepDims: true }).reshape(shape);
}
