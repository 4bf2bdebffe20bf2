import { bytesPerElement, dtypeOf, makeTypedArray, type DType, type DTypeOf, type TypedArray } from "./dtype.js";
import { dispatchOne, type Operand } from "./dispatch.js";
import { fail } from "./error.js";
import { empty, upload } from "./evaluate.js";
import type { AxisOptions } from "./options.js";
import { primitives } from "./primitives/table.js";
import type { NumberBeside, Promote } from "./promotion.js";
import { checkShape, formatShape, normalizeAxis, sameShape, sizeOf, type Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Numbers or booleans in nested arrays of equal lengths. */
export type Nested<V extends number | boolean = number | boolean> = V | readonly Nested<V>[];

/** The dtype of a new tensor, float32 when left out. It alone decides the type: the variable that takes the tensor does not. */
export interface DTypeOptions<D extends DType = DType> {
  readonly dtype?: D;
}

// Nothing counts as no number.
type DefaultDType<V> = [V] extends [never] ? "float32" : V extends boolean ? "bool" : "float32";

/**
 * A tensor from nested arrays; float32, or bool where the elements are booleans, unless `dtype` says otherwise.
 *
 * @throws TensorError `shape` when the rows are ragged.
 * @example
 * tensor([[1, 2], [3, 4]]).matmul(tensor([[1], [1]])).toString(); // "Tensor([[3.],\n        [7.]], shape=[2, 1], dtype=float32)"
 */
export function tensor<V extends number | boolean, D extends DType = DefaultDType<V>>(
  values: Nested<V>,
  { dtype }: DTypeOptions<D> = {},
): Tensor<NoInfer<D>> {
  const shape: number[] = [];
  const flat: (number | boolean)[] = [];
  const walk = (value: Nested, axis: number): void => {
    const items = Array.isArray(value) ? (value as readonly Nested[]) : undefined;
    // The first elements tell the depth.
    if (items !== undefined && axis === shape.length && flat.length === 0) shape.push(items.length);
    if (items?.length !== shape[axis]) {
      const [got, beside] = [items?.length, shape[axis]].map((length) => length ?? "a number");
      fail("shape", `tensor: rows must have equal lengths, got ${got} beside ${beside} on axis ${axis}; pad them first`);
    }
    if (items !== undefined) for (const item of items) walk(item, axis + 1);
    else if (typeof value === "number" || typeof value === "boolean") flat.push(value);
    else fail("dtype", `tensor: takes numbers and booleans, got ${String(value)}; see fromTypedArray and stack`);
  };
  walk(values, 0);
  const chosen = dtype ?? (flat.length > 0 && flat.every((value) => typeof value === "boolean") ? "bool" : "float32");
  const data = makeTypedArray(chosen, flat.length);
  flat.forEach((value, index) => (data[index] = chosen === "bool" ? Number(Number(value) !== 0) : Number(value)));
  return upload(data, shape, chosen as D);
}

/** A tensor with a copy of `data`, in row-major order. */
export function fromTypedArray<A extends TypedArray>(data: A, shape: Shape): Tensor<DTypeOf<A>> {
  const own = checkShape("fromTypedArray", shape);
  if (sizeOf(own) !== data.length) {
    fail(
      "shape",
      `fromTypedArray: ${formatShape(shape)} needs ${sizeOf(shape)} elements, got ${data.length}; give the shape of the data`,
    );
  }
  return upload(data, own, dtypeOf(data));
}

/**
 * A tensor with a copy of the bytes of `buffer` from `byteOffset` on (default 0, any alignment), in row-major order and the
 * byte order of the machine; float32 unless `dtype` says otherwise.
 *
 * @throws TensorError `shape` when the buffer is too short.
 */
export function fromBuffer<D extends DType = "float32">(
  buffer: ArrayBufferLike | ArrayBufferView,
  shape: Shape,
  { dtype = "float32" as D, byteOffset = 0 }: DTypeOptions<D> & { readonly byteOffset?: number } = {},
): Tensor<NoInfer<D>> {
  const own = checkShape("fromBuffer", shape);
  const bytes = ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
  const length = sizeOf(shape) * bytesPerElement[dtype];
  if (!Number.isInteger(byteOffset) || byteOffset < 0 || byteOffset + length > bytes.length) {
    fail(
      "shape",
      `fromBuffer: ${formatShape(shape)} of ${dtype} needs ${length} bytes from byte ${byteOffset} on, got ${bytes.length} bytes in all`,
    );
  }
  const data = makeTypedArray(dtype, sizeOf(shape));
  new Uint8Array(data.buffer).set(bytes.subarray(byteOffset, byteOffset + length));
  return upload(data, own, dtype);
}

/** A tensor of shape `[]`. */
export function scalar<D extends DType = "float32">(value: number, options: DTypeOptions<D> = {}): Tensor<NoInfer<D>> {
  return full([], value, options);
}

/** A tensor with every element `value`. */
export function full<D extends DType = "float32">(
  shape: Shape,
  value: number,
  { dtype = "float32" as D }: DTypeOptions<D> = {},
): Tensor<NoInfer<D>> {
  const result = empty(checkShape("full", shape), dtype);
  result.storage.data.fill(dtype === "bool" ? Number(value !== 0) : value);
  return result;
}

/** A tensor of zeros. */
export function zeros<D extends DType = "float32">(shape: Shape, options: DTypeOptions<D> = {}): Tensor<NoInfer<D>> {
  return full(shape, 0, options);
}

/** A tensor of ones. */
export function ones<D extends DType = "float32">(shape: Shape, options: DTypeOptions<D> = {}): Tensor<NoInfer<D>> {
  return full(shape, 1, options);
}

/** Zeros with the shape and dtype of `like`. */
export function zerosLike<D extends DType>(like: { readonly shape: Shape; readonly dtype: D }): Tensor<D> {
  return zeros(like.shape, { dtype: like.dtype });
}

/** Ones with the shape and dtype of `like`. */
export function onesLike<D extends DType>(like: { readonly shape: Shape; readonly dtype: D }): Tensor<D> {
  return ones(like.shape, { dtype: like.dtype });
}

/** `start, start + 1, …` below `stop`, int32 unless `dtype` says otherwise. */
export function arange<D extends DType = "int32">(
  stop: number,
  { start = 0, dtype = "int32" as D }: DTypeOptions<D> & { readonly start?: number } = {},
): Tensor<NoInfer<D>> {
  const data = makeTypedArray(dtype, checkShape("arange", [Math.max(0, Math.ceil(stop - start))])[0] as number);
  for (let index = 0; index < data.length; index++) data[index] = start + index;
  return upload(data, [data.length], dtype);
}

/** 1 at each int32 index along a new last axis of size `depth`, 0 elsewhere; indices outside give all 0. */
export function oneHot<D extends DType = "float32">(
  indices: Tensor,
  depth: number,
  { dtype = "float32" as D }: DTypeOptions<D> = {},
): Tensor<NoInfer<D>> {
  return indices
    .unsqueeze({ axis: -1 })
    .equal(arange(checkShape("oneHot", [depth])[0] as number))
    .cast(dtype);
}

/** Joins tensors along an axis. */
export function concat<D extends DType>(tensors: readonly Tensor<D>[], { axis }: AxisOptions): Tensor<D> {
  const first = tensors[0];
  if (first === undefined) return fail("shape", "concat: needs at least one tensor");
  return dispatchOne(primitives.concat, tensors, { axis: normalizeAxis("concat", axis, first.rank) }) as Tensor<D>;
}

/** Joins tensors of one shape along a new axis. */
export function stack<D extends DType>(tensors: readonly Tensor<D>[], { axis }: AxisOptions): Tensor<D> {
  const first = tensors[0];
  if (first === undefined) return fail("shape", "stack: needs at least one tensor");
  for (const { shape } of tensors) {
    if (!sameShape(shape, first.shape)) {
      fail(
        "shape",
        `stack: shapes must agree, got ${formatShape(first.shape)} and ${formatShape(shape)}; pad or slice them first`,
      );
    }
  }
  return concat(
    tensors.map((x) => x.unsqueeze({ axis })),
    { axis },
  );
}

/** What `where` gives: a number takes the dtype of the tensor beside it, float32 beside another number. */
export type Chosen<A extends Operand, B extends Operand> =
  A extends Tensor<infer D>
    ? Promote<D, B extends Tensor<infer E> ? E : NumberBeside<D>>
    : B extends Tensor<infer E>
      ? Promote<E, NumberBeside<E>>
      : "float32";

/** `condition ? a : b` by element, all broadcast together. */
export function where<A extends Operand, B extends Operand>(condition: Tensor, a: A, b: B): Tensor<Chosen<A, B>> {
  const numbers = typeof a === "number" && typeof b === "number";
  const operands = numbers ? [condition, scalar(a), scalar(b)] : [condition, a, b];
  return dispatchOne(primitives.where, operands) as Tensor<Chosen<A, B>>;
}

/** Adds `before` and `after` elements of `value` (default 0) around each axis. */
export function pad<D extends DType>(
  x: Tensor<D>,
  {
    before,
    after,
    value = 0,
  }: { readonly before: readonly number[]; readonly after: readonly number[]; readonly value?: number },
): Tensor<D> {
  return dispatchOne(primitives.pad, [x], {
    before,
    after,
    value: x.dtype === "bool" ? Number(value !== 0) : value,
  }) as Tensor<D>;
}
