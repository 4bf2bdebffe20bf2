import { madd, splat } from "./madd";

// Constants lie in memory: engines build a constant vector from two integers at each use, which takes twice as long as all the arithmetic.
@inline
function at(table: usize, index: i32): v128 {
  return v128.load_splat<f32>(table + (<usize>index << 2));
}

// Bounds beyond which e^x is 0 or Infinity; 1 / ln 2; ln 2 in two parts, of which whole numbers up to 2^15 times the first are exact;
// 1; and -Infinity, whose bits are the mask of sign and exponent.
const EXP: usize = memory.data<f32>([-104, 89, 1.44269504088896341, -0.693359375, 2.12194440e-4, 1, -Infinity]);

// (e^r - 1) / r for |r| <= ln 2 / 2, to 3e-9: the minimax polynomial of degree 5, from the highest power down; and (e^-r - 1) / r.
const SERIES: usize = memory.data<f32>([1.3821446e-3, 8.368662e-3, 4.1668255e-2, 0.16666521, 0.49999994, 1]);
const NEGATIVE_SERIES: usize = memory.data<f32>([1.3821446e-3, -8.368662e-3, 4.1668255e-2, -0.16666521, 0.49999994, -1]);

@inline
function exponentialSeries(series: usize, r: v128): v128 {
  let p = at(series, 0);
  p = madd(p, r, at(series, 1));
  p = madd(p, r, at(series, 2));
  p = madd(p, r, at(series, 3));
  p = madd(p, r, at(series, 4));
  return madd(p, r, at(series, 5));
}

// Adding 1.5 * 2^23 rounds to a whole number n and leaves it in the low bits; shifted by 23 they are the exponent of 2^n, if the bias of
// 127 has been added as well. For the functions below: n, n + 24 and n - 40.
const ROUNDING: usize = memory.data<f32>([12582912, 12582912 + 127 + 24, 12582912 + 127 - 40]);

/** e^x: true 0 and Infinity at the ends, NaN stays. */
@inline
export function exp(x: v128): v128 {
  // The operand order lets NaN through: pmin(a, b) is b < a ? b : a.
  const bounded = f32x4.pmax(f32x4.pmin(x, at(EXP, 1)), at(EXP, 0));
  const shifted = madd(bounded, at(EXP, 2), at(ROUNDING, 0));
  const n = f32x4.sub(shifted, at(ROUNDING, 0));
  const r = madd(n, at(EXP, 4), madd(n, at(EXP, 3), bounded));
  const p = madd(exponentialSeries(SERIES, r), r, at(EXP, 5));
  // Two factors, because n = 128 and the denormal results lie outside one exponent.
  const exponent = i32x4.shl(shifted, 23);
  const half = v128.and(i32x4.shr_s(exponent, 1), at(EXP, 6));
  const low = i32x4.add(half, at(EXP, 5));
  const high = i32x4.add(i32x4.sub(exponent, half), at(EXP, 5));
  return f32x4.mul(f32x4.mul(p, low), high);
}

// 2^-24, which takes back the 24 that n was raised by.
const RAISED: usize = memory.data<f32>([5.960464477539063e-8]);

/** e^x for x <= 0, the same bits as {@link exp}; NaN stays. */
@inline
export function expOfNegative(x: v128): v128 {
  const bounded = f32x4.pmax(x, at(EXP, 0));
  const shifted = madd(bounded, at(EXP, 2), at(ROUNDING, 1));
  const n = f32x4.sub(shifted, at(ROUNDING, 1));
  const r = madd(n, at(EXP, 4), madd(n, at(EXP, 3), bounded));
  const scale = i32x4.shl(shifted, 23);
  return f32x4.mul(madd(exponentialSeries(SERIES, r), f32x4.mul(r, scale), scale), at(RAISED, 0));
}

// Bounds beyond which the result is 0 or 1; -1 / ln 2; ln 2 in two parts; 2^-40.
const SIGMOID: usize = memory.data<f32>([-104, 18, -1.44269504088896341, 0.693359375, -2.12194440e-4, 9.094947017729282e-13]);

/** 1 / (1 + e^-x) as u / (u + u e^-x) with u = 2^-40: nothing overflows, and small results keep their digits. */
@inline
export function sigmoid(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, at(SIGMOID, 1)), at(SIGMOID, 0));
  const shifted = madd(bounded, at(SIGMOID, 2), at(ROUNDING, 2));
  const n = f32x4.sub(shifted, at(ROUNDING, 2));
  // x + n ln 2, which is -r.
  const r = madd(n, at(SIGMOID, 4), madd(n, at(SIGMOID, 3), bounded));
  const scale = i32x4.shl(shifted, 23);
  const e = madd(exponentialSeries(NEGATIVE_SERIES, r), f32x4.mul(r, scale), scale);
  return f32x4.div(at(SIGMOID, 5), f32x4.add(at(SIGMOID, 5), e));
}

// Where the rational function below is 1 in float32, with multiply-adds of one rounding and of two.
const TANH_BOUND: usize = memory.data<f32>([7.99881172180175781, -7.99881172180175781, 7.90531110763549805, -7.90531110763549805]);
const TANH_UPPER: usize = memory.data<f32>([
  -2.76076847742355e-16,
  2.00018790482477e-13,
  -8.60467152213735e-11,
  5.12229709037114e-8,
  1.48572235717979e-5,
  6.37261928875436e-4,
  4.89352455891786e-3,
]);
const TANH_LOWER: usize = memory.data<f32>([
  1.19825839466702e-6,
  1.18534705686654e-4,
  2.26843463243900e-3,
  4.89352518554385e-3,
]);

/** tanh as an odd rational function of degree 13 over 6 (the coefficients are those of Eigen), clamped where it is 1 in float32. */
@inline
export function tanh(x: v128): v128 {
  const bound = ASC_FEATURE_RELAXED_SIMD ? 0 : 2;
  const c = f32x4.pmax(f32x4.pmin(x, at(TANH_BOUND, bound)), at(TANH_BOUND, bound + 1));
  const s = f32x4.mul(c, c);
  let p = at(TANH_UPPER, 0);
  p = madd(p, s, at(TANH_UPPER, 1));
  p = madd(p, s, at(TANH_UPPER, 2));
  p = madd(p, s, at(TANH_UPPER, 3));
  p = madd(p, s, at(TANH_UPPER, 4));
  p = madd(p, s, at(TANH_UPPER, 5));
  p = madd(p, s, at(TANH_UPPER, 6));
  let q = at(TANH_LOWER, 0);
  q = madd(q, s, at(TANH_LOWER, 1));
  q = madd(q, s, at(TANH_LOWER, 2));
  q = madd(q, s, at(TANH_LOWER, 3));
  return f32x4.mul(c, f32x4.div(p, q));
}

// The polynomial of Cephes' logf from the highest power down; ln 2 in two parts and -1/2.
const LOG: usize = memory.data<f32>([
  7.0376836292e-2,
  -1.1514610310e-1,
  1.1676998740e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
  -2.12194440e-4,
  0.693359375,
  -0.5,
]);
// The least normal number, 2^23 and 23 for what lies below it; sqrt(1/2), 1, and the ends.
const LOG_RANGE: usize = memory.data<f32>([1.17549435e-38, 8388608, 23, 0.707106781186547524, 1, Infinity, -Infinity, NaN]);
// The bias of the exponent less one, the mask of the mantissa, and the bits of 1/2.
const LOG_BITS: usize = memory.data<i32>([126, 0x007fffff, 0x3f000000]);

/** Natural logarithm by the polynomial of Cephes' logf; -Infinity at 0, NaN below, denormals exact. */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, at(LOG_RANGE, 0));
  const scaled = v128.bitselect(f32x4.mul(x, at(LOG_RANGE, 1)), x, tiny);
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(scaled, 23), at(LOG_BITS, 0)));
  e = f32x4.sub(e, v128.and(tiny, at(LOG_RANGE, 2)));
  let m = v128.or(v128.and(scaled, at(LOG_BITS, 1)), at(LOG_BITS, 2));
  const low = f32x4.lt(m, at(LOG_RANGE, 3));
  e = f32x4.sub(e, v128.and(low, at(LOG_RANGE, 4)));
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), at(LOG_RANGE, 4));
  const s = f32x4.mul(m, m);
  let p = at(LOG, 0);
  p = madd(p, m, at(LOG, 1));
  p = madd(p, m, at(LOG, 2));
  p = madd(p, m, at(LOG, 3));
  p = madd(p, m, at(LOG, 4));
  p = madd(p, m, at(LOG, 5));
  p = madd(p, m, at(LOG, 6));
  p = madd(p, m, at(LOG, 7));
  p = madd(p, m, at(LOG, 8));
  let y = f32x4.mul(f32x4.mul(p, m), s);
  y = madd(e, at(LOG, 9), y);
  y = madd(s, at(LOG, 11), y);
  y = madd(e, at(LOG, 10), f32x4.add(m, y));
  y = v128.bitselect(at(LOG_RANGE, 6), y, f32x4.eq(x, splat(0)));
  y = v128.bitselect(x, y, f32x4.eq(x, at(LOG_RANGE, 5)));
  y = v128.bitselect(at(LOG_RANGE, 7), y, f32x4.lt(x, splat(0)));
  return v128.bitselect(x, y, f32x4.ne(x, x));
}
