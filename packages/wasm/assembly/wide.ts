// Functions that are computed in float64, two lanes at a time: the only rounding that counts is the last one, to float32.

/** `a * b + c` in float64: one rounding in the relaxed build where the machine can, two in the plain one. */
@inline
export function wideMadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** Twice the number, or the bits, at `index` of a table of eight-byte constants. */
@inline
export function wideAt(table: usize, index: i32): v128 {
  return v128.load_splat<f64>(table + (<usize>index << 3));
}

/**
 * The polynomial with the `count` coefficients of a table, 6, 7 or 9, from the highest power down: every second one in a chain by powers of
 * x^2, since one chain would be slower than all else. Written out, because loops are not unrolled.
 */
@inline
export function widePolynomial(table: usize, count: i32, x: v128): v128 {
  const s = f64x2.mul(x, x);
  let p = wideMadd(wideAt(table, 0), s, wideAt(table, 2));
  let q = wideMadd(wideAt(table, 1), s, wideAt(table, 3));
  p = wideMadd(p, s, wideAt(table, 4));
  q = wideMadd(q, s, wideAt(table, 5));
  if (count == 6) return wideMadd(p, x, q);
  p = wideMadd(p, s, wideAt(table, 6));
  if (count == 7) return wideMadd(q, x, p);
  q = wideMadd(q, s, wideAt(table, 7));
  return wideMadd(q, x, wideMadd(p, s, wideAt(table, 8)));
}

/** The first two lanes of float32 as float64. */
@inline
export function lowWide(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two lanes of float32 as float64. */
@inline
export function highWide(x: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
}

/** Four lanes of float32 from two pairs of float64. */
@inline
export function narrow(low: v128, high: v128): v128 {
  return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** 1.5 * 2^52: adding it rounds to a whole number and leaves that in the low bits. */
export const WIDE_ROUNDING: usize = memory.data<f64>([6755399441055744]);
