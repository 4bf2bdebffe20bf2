import { fail } from "./error.js";
import { formatShape, rowMajorStrides, sameShape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** How far apart two elements may lie: `absolute + relative * |expected|`. */
export interface Tolerance {
  /** Default 1e-5. */
  readonly relative?: number;
  /** Default 1e-8. */
  readonly absolute?: number;
  /** Whether NaN agrees with NaN (default false). */
  readonly equalNaN?: boolean;
}

/** Two elements that lie too far apart. */
export interface Mismatch {
  /** One position per axis. */
  readonly position: readonly number[];
  readonly actual: number;
  readonly expected: number;
  /** `|actual - expected|`; NaN where either is. */
  readonly difference: number;
  /** What the tolerance allows here. */
  readonly allowed: number;
}

/** What {@link allClose} found. */
export interface Closeness {
  readonly close: boolean;
  /** How many elements lie too far apart. */
  readonly mismatches: number;
  /** The element that exceeds its tolerance by the largest factor, NaN and infinities first; undefined when all are close. */
  readonly worst: Mismatch | undefined;
  /** One sentence for a person. */
  readonly message: string;
}

/**
 * Compares element by element; infinities agree with their equals only.
 *
 * @throws TensorError `shape` when the shapes differ.
 * @example
 * allClose(tensor([1, 2.1]), tensor([1, 2])).message; // "1 of 2 elements differ; worst at [1]: got 2.0999999046325684, expected 2, allowed 0.00002"
 */
export function allClose(
  actual: Tensor,
  expected: Tensor,
  { relative = 1e-5, absolute = 1e-8, equalNaN = false }: Tolerance = {},
): Closeness {
  if (!sameShape(actual.shape, expected.shape)) {
    fail(
      "shape",
      `allClose: shapes must agree, got ${formatShape(actual.shape)} and ${formatShape(expected.shape)}; reshape one of them`,
    );
  }
  const left = actual.toTypedArray();
  const right = expected.toTypedArray();
  let mismatches = 0;
  let worst = -1;
  let excess = 0;
  const allowedAt = (index: number): number => absolute + relative * Math.abs(right[index] as number);
  for (let index = 0; index < left.length; index++) {
    const a = left[index] as number;
    const b = right[index] as number;
    if (a === b || (equalNaN && Number.isNaN(a) && Number.isNaN(b))) continue;
    const difference = Math.abs(a - b);
    if (difference < Infinity && difference <= allowedAt(index)) continue;
    mismatches++;
    const factor = Number.isFinite(difference) ? difference / Math.max(allowedAt(index), 1e-290) : Infinity;
    if (worst >= 0 && factor <= excess) continue;
    worst = index;
    excess = factor;
  }
  if (worst < 0) return { close: true, mismatches, worst: undefined, message: `all ${left.length} elements agree` };
  const found: Mismatch = {
    position: rowMajorStrides(actual.shape).map((step, axis) => Math.floor(worst / step) % (actual.shape[axis] as number)),
    actual: left[worst] as number,
    expected: right[worst] as number,
    difference: Math.abs((left[worst] as number) - (right[worst] as number)),
    allowed: allowedAt(worst),
  };
  const message = `${mismatches} of ${left.length} elements differ; worst at ${formatShape(found.position)}: got ${found.actual}, expected ${found.expected}, allowed ${Number(found.allowed.toPrecision(3))}`;
  return { close: false, mismatches, worst: found, message };
}
