import { fail } from "./error.js";

/** Sizes of each axis, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements: the product of the sizes, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Row-major strides, in elements. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** Where the elements of a shape lie, but for the first. */
export interface Strided {
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** Whether the elements lie in row-major order without gaps. */
export function isRowMajor({ shape, strides }: Strided): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] as number;
    if (length === 0) return true;
    if (length !== 1 && strides[axis] !== expected) return false;
    expected *= length;
  }
  return true;
}

/** `[2, 3]` as text. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** A copy of a shape, which its owner may change; throws unless every size is a non-negative safe integer. */
export function checkShape(operation: string, shape: Shape): number[] {
  if (Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return [...(shape as Shape)];
  return fail("shape", `${operation}: sizes are integers >= 0, got ${Array.isArray(shape) ? formatShape(shape) : String(shape)}`);
}

/** Turns a possibly negative axis into `0..rank-1`. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank) {
    fail("axis", `${operation}: axis must lie in -${rank}..${rank - 1} for rank ${rank}, got ${axis}`);
  }
  return normalized;
}

/** Normalises axes (all of them when `axes` is undefined), sorted and free of repeats. */
export function normalizeAxes(operation: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (typeof axes === "number") return [normalizeAxis(operation, axes, rank)];
  if (axes === undefined) return [...Array(rank).keys()];
  const normalized = axes.map((axis) => normalizeAxis(operation, axis, rank)).sort((a, b) => a - b);
  if (new Set(normalized).size !== normalized.length) {
    fail("axis", `${operation}: axes must not repeat, got ${formatShape(axes)}`);
  }
  return normalized;
}

/** The shape both operands broadcast to by NumPy's rule: aligned at the end, sizes equal or 1. */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank);
  for (let fromEnd = 1; fromEnd <= rank; fromEnd++) {
    const x = a[a.length - fromEnd] ?? 1;
    const y = b[b.length - fromEnd] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      fail(
        "shape",
        `${operation}: shapes must broadcast (sizes equal or 1, aligned at the end), got ${formatShape(a)} and ${formatShape(b)}; reshape one of them`,
      );
    }
    shape[rank - fromEnd] = x === 1 ? y : x;
  }
  return shape;
}

/** The strides that read the elements of a layout, in their order, as `to` of the same size; undefined where none do. */
export function viewStrides({ shape, strides }: Strided, to: Shape): number[] | undefined {
  const found = rowMajorStrides(to);
  if (sizeOf(to) < 2) return found;
  let next = to.length;
  // Elements in axes that continue one another, and those of the new axes that they have become.
  let [count, taken, step] = [1, 1, strides.at(-1) as number];
  for (let axis = shape.length; axis-- > 0;) {
    count *= shape[axis] as number;
    const before = strides[axis - 1] as number;
    if (axis > 0 && (shape[axis - 1] === 1 || before === count * step)) continue;
    while (next > 0 && (taken < count || to[next - 1] === 1)) {
      found[--next] = taken * step;
      taken *= to[next] as number;
    }
    if (taken !== count) return undefined;
    [count, taken, step] = [1, 1, before];
  }
  return found;
}

/** The strides of a layout read as `shape`, which it broadcasts to: 0 on repeated axes. */
export function broadcastStrides(layout: Strided, shape: Shape): number[] {
  const added = shape.length - layout.shape.length;
  return shape.map((length, axis) =>
    axis < added || (layout.shape[axis - added] === 1 && length !== 1) ? 0 : (layout.strides[axis - added] as number),
  );
}

/** A shape seen from one axis: elements before it, on it and after it. */
export interface AxisSpan {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Splits a shape around `axis`. */
export function spanOf(shape: Shape, axis: number): AxisSpan {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis] as number, inner: sizeOf(shape.slice(axis + 1)) };
}

/** The shape left after reducing `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  return shape.flatMap((length, axis) => (!axes.includes(axis) ? length : keepDims ? 1 : []));
}

/** The shape with its one -1, if any, replaced by what the number of elements asks for, where that is whole. */
export function completeShape(from: Shape, shape: Shape): Shape {
  const missing = sizeOf(from) / -sizeOf(shape);
  return shape.map((length) => (length === -1 && missing >= 0 && missing % 1 === 0 ? missing : length));
}

/** First position and number of positions of a Python slice over an axis of `length`. */
export function sliceRange(
  length: number,
  { start, stop, step }: { readonly start?: number | undefined; readonly stop?: number | undefined; readonly step: number },
): { readonly start: number; readonly size: number } {
  if (step === 0 || step % 1 !== 0 || [start, stop].some((value = 0) => Math.trunc(value) !== value)) {
    fail("range", `slice: needs integers and a step other than 0, got ${String(start)}, ${String(stop)}, ${step}`);
  }
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? length : length - 1;
  const clamp = (position: number): number => Math.min(Math.max(position < 0 ? position + length : position, lowest), highest);
  const first = start === undefined ? (step > 0 ? 0 : length - 1) : clamp(start);
  const last = stop === undefined ? (step > 0 ? length : -1) : clamp(stop);
  return { start: first, size: Math.max(0, Math.ceil((last - first) / step)) };
}
