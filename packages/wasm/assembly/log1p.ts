import { highWide, lowWide, narrow, wideAt, wideMadd, widePolynomial } from "./wide";
import { splat } from "./madd";

// log((1 + s) / (1 - s)) / s by powers of s^2, for 1/sqrt(2) <= (1 + s) / (1 - s) <= sqrt(2), to 7e-16, interpolated at Chebyshev's nodes;
// from the highest power down.
const SERIES: usize = memory.data<f64>([
  0.166219470901774, 0.18140185202493248, 0.22222862476849542, 0.2857142413651635, 0.400000000112122, 0.6666666666666208, 2,
]);

// 1, 2 and ln 2; 2^52, whose last bits take an integer, and as much with the bias of the exponent.
const NUMBERS: usize = memory.data<f64>([1, 2, 0.6931471805599453, 4503599627370496, 4503599627370496 + 1023]);
// The bits of sqrt(1/2), and from there to those of 1; the mask of the mantissa; the bias of the exponent.
const BITS: usize = memory.data<i64>([0x3fe6a09e667f3bcd, 0x3ff0000000000000 - 0x3fe6a09e667f3bcd, 0x000fffffffffffff, 1023]);

/** log(1 + f) for 1 + f from 1/sqrt(2) to sqrt(2), in float64. */
@inline
export function logarithmNearOne(f: v128): v128 {
  const s = f64x2.div(f, f64x2.add(f, wideAt(NUMBERS, 1)));
  return f64x2.mul(s, widePolynomial(SERIES, 7, f64x2.mul(s, s)));
}

/** Bits of x = m 2^e from which m and e are read, with m from 1/sqrt(2) to sqrt(2); x > 0 is finite. */
@inline
export function scientific(x: v128): v128 {
  return i64x2.add(x, wideAt(BITS, 1));
}

/** e of {@link scientific} bits. */
@inline
export function exponentOf(bits: v128): v128 {
  return f64x2.sub(v128.or(i64x2.shr_u(bits, 52), wideAt(NUMBERS, 3)), wideAt(NUMBERS, 4));
}

/** m - 1 of {@link scientific} bits. */
@inline
export function mantissaLessOne(bits: v128): v128 {
  return f64x2.sub(i64x2.add(v128.and(bits, wideAt(BITS, 2)), wideAt(BITS, 0)), wideAt(NUMBERS, 0));
}

@inline
function pair(x: v128): v128 {
  const bits = scientific(f64x2.add(x, wideAt(NUMBERS, 0)));
  // Near 0, x itself, whose last digits 1 + x has lost.
  const near = i64x2.eq(i64x2.shr_u(bits, 52), wideAt(BITS, 3));
  const f = v128.bitselect(x, mantissaLessOne(bits), near);
  return wideMadd(exponentOf(bits), wideAt(NUMBERS, 2), logarithmNearOne(f));
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
