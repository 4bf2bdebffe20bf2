import { madd, splat } from "./madd";

// 2^n for whole n in -126..127, by writing the exponent bits.
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x: reduction by ln 2 in two parts and the polynomial of Cephes' expf; true 0 and Infinity at the ends, NaN stays. */
@inline
export function exp(x: v128): v128 {
  // The operand order lets NaN through: pmin(a, b) is b < a ? b : a.
  const bounded = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-104));
  // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits: cheaper than nearest and trunc_sat.
  const shifted = f32x4.add(f32x4.mul(bounded, splat(1.44269504088896341)), splat(12582912));
  const n = f32x4.sub(shifted, splat(12582912));
  let r = madd(n, splat(-0.693359375), bounded);
  r = madd(n, splat(2.12194440e-4), r);
  let p = splat(1.9875691500e-4);
  p = madd(p, r, splat(1.3981999507e-3));
  p = madd(p, r, splat(8.3334519073e-3));
  p = madd(p, r, splat(4.1665795894e-2));
  p = madd(p, r, splat(1.6666665459e-1));
  p = madd(p, r, splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), splat(1));
  // Two factors, because n = 128 and the denormal results lie outside one exponent.
  const whole = i32x4.sub(shifted, i32x4.splat(0x4b400000));
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** 1 / (1 + e^-x), from e^-|x|, so that nothing overflows and small results keep their digits. */
@inline
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const upper = f32x4.div(splat(1), f32x4.add(e, splat(1)));
  return v128.bitselect(f32x4.mul(e, upper), upper, f32x4.lt(x, splat(0)));
}

/** tanh as an odd rational function of degree 13 over 6 (the coefficients are those of Eigen), clamped where it is 1 in float32. */
@inline
export function tanh(x: v128): v128 {
  const bound: f32 = ASC_FEATURE_RELAXED_SIMD ? 7.99881172180175781 : 7.90531110763549805;
  const c = f32x4.pmax(f32x4.pmin(x, splat(bound)), splat(-bound));
  const s = f32x4.mul(c, c);
  let p = splat(-2.76076847742355e-16);
  p = madd(p, s, splat(2.00018790482477e-13));
  p = madd(p, s, splat(-8.60467152213735e-11));
  p = madd(p, s, splat(5.12229709037114e-8));
  p = madd(p, s, splat(1.48572235717979e-5));
  p = madd(p, s, splat(6.37261928875436e-4));
  p = madd(p, s, splat(4.89352455891786e-3));
  let q = splat(1.19825839466702e-6);
  q = madd(q, s, splat(1.18534705686654e-4));
  q = madd(q, s, splat(2.26843463243900e-3));
  q = madd(q, s, splat(4.89352518554385e-3));
  return f32x4.mul(c, f32x4.div(p, q));
}

/** Natural logarithm by the polynomial of Cephes' logf; -Infinity at 0, NaN below, denormals exact. */
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, splat(8388608)), x, tiny);
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(scaled, 23), i32x4.splat(126)));
  e = f32x4.sub(e, v128.and(tiny, splat(23)));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(low, splat(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(low, m)), splat(1));
  const s = f32x4.mul(m, m);
  let p = splat(7.0376836292e-2);
  p = madd(p, m, splat(-1.1514610310e-1));
  p = madd(p, m, splat(1.1676998740e-1));
  p = madd(p, m, splat(-1.2420140846e-1));
  p = madd(p, m, splat(1.4249322787e-1));
  p = madd(p, m, splat(-1.6668057665e-1));
  p = madd(p, m, splat(2.0000714765e-1));
  p = madd(p, m, splat(-2.4999993993e-1));
  p = madd(p, m, splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, m), s);
  y = madd(e, splat(-2.12194440e-4), y);
  y = madd(s, splat(-0.5), y);
  y = madd(e, splat(0.693359375), f32x4.add(m, y));
  y = v128.bitselect(splat(-Infinity), y, f32x4.eq(x, splat(0)));
  y = v128.bitselect(x, y, f32x4.eq(x, splat(Infinity)));
  y = v128.bitselect(splat(NaN), y, f32x4.lt(x, splat(0)));
  return v128.bitselect(x, y, f32x4.ne(x, x));
}
