export { allClose } from "./all-close.js";
export type { Closeness, Mismatch, Tolerance } from "./all-close.js";
export type { Backend, Kernel, KernelTable, Storage } from "./backend.js";
export { put } from "./compositions/put.js";
export { setSlice } from "./compositions/set-slice.js";
export type { TopK } from "./compositions/sorting.js";
export { currentBackend, setBackend, withBackend } from "./context.js";
export {
  arange,
  concat,
  fromBuffer,
  fromTypedArray,
  full,
  oneHot,
  ones,
  onesLike,
  pad,
  scalar,
  stack,
  tensor,
  where,
  zeros,
  zerosLike,
} from "./create.js";
export type { Chosen, DTypeOptions, Nested } from "./create.js";
export { DenseTensor } from "./dense.js";
export type { DenseLayout } from "./dense.js";
export { dispatch, dispatchOne } from "./dispatch.js";
export type { Operand } from "./dispatch.js";
export { bytesPerElement, dtypeOf, isFloat, makeTypedArray } from "./dtype.js";
export type { DType, DTypeOf, ElementOf, TypedArray, TypedArrayOf } from "./dtype.js";
export { fail, TensorError } from "./error.js";
export type { TensorErrorCode } from "./error.js";
export { empty, evaluator, onBackend } from "./evaluate.js";
export { createGenerator } from "./generator.js";
export type { Generator } from "./generator.js";
export type { Interpreter } from "./interpreter.js";
export type { AxisOptions, PositionOptions, ReduceOptions, SliceOptions } from "./options.js";
export type { CastAttributes } from "./primitives/elementwise.js";
export type { PadAttributes } from "./primitives/movement.js";
export type { Primitive, ShapedArray, StridedLayout } from "./primitives/primitive.js";
export type { ArgsortAttributes, AxisAttributes, CumsumAttributes, ReduceAttributes } from "./primitives/reduction.js";
export { kernelNames, primitives } from "./primitives/table.js";
export type { KernelName, PrimitiveName } from "./primitives/table.js";
export type { PermuteAttributes, ShapeAttributes, SliceAttributes, SplitAttributes } from "./primitives/view.js";
export { promote } from "./promotion.js";
export type { Arithmetic, NumberBeside, Promote, Quotient } from "./promotion.js";
export { bernoulli, categorical, normal, permutation, uniform } from "./random.js";
export { referenceBackend } from "./reference/backend.js";
export { referenceKernels } from "./reference/kernels.js";
export { collectTensors, disposeTree, keep, scope } from "./scope.js";
export {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  normalizeAxis,
  rowMajorStrides,
  sameShape,
  sizeOf,
  spanOf,
} from "./shape.js";
export type { AxisSpan, Shape, Strided } from "./shape.js";
export { Tensor } from "./tensor.js";
