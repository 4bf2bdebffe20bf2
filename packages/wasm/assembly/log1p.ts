import { highWide, lowWide, narrow, WIDE_ROUNDING, wideAt, wideMadd, widePolynomial } from "./wide";
import { splat } from "./madd";

// log((1 + s) / (1 - s)) / s by powers of s^2, for 1/sqrt(2) <= (1 + s) / (1 - s) <= sqrt(2), to 7e-16, interpolated at Chebyshev's nodes;
// from the highest power down.
const SERIES: usize = memory.data<f64>([
  0.166219470901774, 0.18140185202493248, 0.22222862476849542, 0.2857142413651635, 0.400000000112122, 0.6666666666666208, 2,
]);

/** log(1 + f) for 1 + f from 1/sqrt(2) to sqrt(2), in float64. */
@inline
export function logarithmNearOne(f: v128): v128 {
  const s = f64x2.div(f, f64x2.add(f, wideAt(NUMBERS, 1)));
  return f64x2.mul(s, widePolynomial(SERIES, 7, f64x2.mul(s, s)));
}

// 1, 2 and ln 2; the bits of sqrt(1/2).
const NUMBERS: usize = memory.data<f64>([1, 2, 0.6931471805599453]);
const ROOT: usize = memory.data<i64>([0x3fe6a09e667f3bcd]);

/** The exponent e of x = m 2^e with m from 1/sqrt(2) to sqrt(2), as an integer; x > 0 is finite. */
@inline
export function exponentOf(x: v128): v128 {
  return i64x2.shr_s(i64x2.sub(x, wideAt(ROOT, 0)), 52);
}

/** m - 1 for the same m. */
@inline
export function mantissaLessOne(x: v128, exponent: v128): v128 {
  return f64x2.sub(i64x2.sub(x, i64x2.shl(exponent, 52)), wideAt(NUMBERS, 0));
}

/** Small integers as float64. */
@inline
export function wideOfInteger(n: v128): v128 {
  return f64x2.sub(i64x2.add(n, wideAt(WIDE_ROUNDING, 0)), wideAt(WIDE_ROUNDING, 0));
}

@inline
function pair(x: v128): v128 {
  const u = f64x2.add(x, wideAt(NUMBERS, 0));
  const e = exponentOf(u);
  // Near 0, x itself, whose last digits u has lost.
  const f = v128.bitselect(x, mantissaLessOne(u, e), i64x2.eq(e, i64x2.splat(0)));
  return wideMadd(wideOfInteger(e), wideAt(NUMBERS, 2), logarithmNearOne(f));
}

/** log(1 + x), exact near 0; -Infinity at -1, NaN below. */
export function log1p(x: v128): v128 {
  const y = narrow(pair(lowWide(x)), pair(highWide(x)));
  // It has the sign of x, -0 included; Infinity and NaN stay.
  const signed = v128.bitselect(x, y, i32x4.splat(0x80000000));
  const finite = v128.bitselect(signed, x, f32x4.lt(x, splat(Infinity)));
  const ended = v128.bitselect(splat(-Infinity), finite, f32x4.eq(x, splat(-1)));
  // All bits set make a NaN.
  return v128.or(ended, f32x4.lt(x, splat(-1)));
}
