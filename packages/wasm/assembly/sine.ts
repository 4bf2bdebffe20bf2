import { highWide, lowWide, narrow, WIDE_ROUNDING, wideAt, wideMadd, widePolynomial } from "./wide";
import { splat } from "./madd";

// sin(r) / r and cos(r) by powers of r^2 for |r| <= pi / 4, to 4e-13, interpolated at Chebyshev's nodes; from the highest power down.
const SINE: usize = memory.data<f64>([
  -2.4805611712122475e-8, 2.7555990664728974e-6, -1.9841266916110632e-4, 8.333333331078323e-3, -0.16666666666663885, 1,
]);
const COSINE: usize = memory.data<f64>([
  -2.7237108576245085e-7, 2.4799861846361453e-5, -1.3888885090262895e-3, 4.1666666637384386e-2, -0.49999999999963873, 1,
]);

// 2 / pi; pi / 2 in two parts, of which whole numbers up to 2^28 times the first are exact; -0, whose bit is the sign.
const QUARTERS: usize = memory.data<f64>([0.6366197723675814, -1.5707963109016418, -1.5893254773528196e-8, -0.0]);

// sin(r + n pi / 2) for |r| <= pi / 4, n in the last two bits.
@inline
function turned(r: v128, n: v128): v128 {
  const s = f64x2.mul(r, r);
  const sine = f64x2.mul(r, widePolynomial(SINE, 6, s));
  const cosine = widePolynomial(COSINE, 6, s);
  const even = i64x2.eq(i64x2.shl(n, 63), i64x2.splat(0));
  return v128.xor(v128.bitselect(sine, cosine, even), v128.and(i64x2.shl(n, 62), wideAt(QUARTERS, 3)));
}

// sin(x + quarter pi / 2); Infinity gives NaN.
@inline
function pair(x: v128, quarter: i64): v128 {
  const rounded = wideMadd(x, wideAt(QUARTERS, 0), wideAt(WIDE_ROUNDING, 0));
  const n = f64x2.sub(rounded, wideAt(WIDE_ROUNDING, 0));
  const r = wideMadd(n, wideAt(QUARTERS, 2), wideMadd(n, wideAt(QUARTERS, 1), x));
  return turned(r, quarter == 0 ? rounded : i64x2.add(rounded, i64x2.splat(quarter)));
}

// The digits of 2 / pi behind the point, in words of 32 bits.
const TWO_OVER_PI: usize = memory.data<u32>([
  0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561,
]);

// 64 digits of 2 / pi from a word on, `skipped` digits left out.
@inline
function digits(word: usize, skipped: u64): u64 {
  const leading = ((<u64>load<u32>(word)) << 32) | load<u32>(word, 4);
  return (leading << skipped) | (((<u64>load<u32>(word, 8)) << skipped) >> 32);
}

// From here on, the digits of pi / 2 above do not suffice.
@inline
const LARGE: f32 = 33554432;

/**
 * The same for |x| >= {@link LARGE}, by the method of Payne and Hanek: x = m 2^e turns m times the digits of 2 / pi from 2^e on, without those
 * that stand for whole turns.
 */
function ofLarge(x: f32, quarter: i64): f32 {
  const bits = reinterpret<u32>(x);
  const biased = <i32>((bits >> 23) & 255);
  if (biased == 255) return NaN;
  const m = <u64>((bits & 0x7fffff) | 0x800000);
  // The first digit that counts is worth two quarters.
  const first = <usize>(biased - 152);
  const word = TWO_OVER_PI + ((first >> 5) << 2);
  const skipped = <u64>(first & 31);
  const turns = m * digits(word, skipped) + ((m * (digits(word + 8, skipped) >> 32)) >> 32);
  // Quarters in the first two bits, rounded to the nearest.
  const quarters = (turns + (<u64>1 << 61)) >> 62;
  const rest = <f64>(<i64>(turns - (quarters << 62))) * 3.4061215800865545e-19;
  const n = x < 0 ? quarter - quarters : quarter + quarters;
  return <f32>f64x2.extract_lane(turned(f64x2.splat(x < 0 ? -rest : rest), i64x2.splat(n)), 0);
}

@inline
function shifted(x: v128, quarter: i64): v128 {
  let y = narrow(pair(lowWide(x), quarter), pair(highWide(x), quarter));
  const large = f32x4.ge(f32x4.abs(x), splat(LARGE));
  if (v128.any_true(large)) {
    if (i32x4.extract_lane(large, 0) != 0) y = f32x4.replace_lane(y, 0, ofLarge(f32x4.extract_lane(x, 0), quarter));
    if (i32x4.extract_lane(large, 1) != 0) y = f32x4.replace_lane(y, 1, ofLarge(f32x4.extract_lane(x, 1), quarter));
    if (i32x4.extract_lane(large, 2) != 0) y = f32x4.replace_lane(y, 2, ofLarge(f32x4.extract_lane(x, 2), quarter));
    if (i32x4.extract_lane(large, 3) != 0) y = f32x4.replace_lane(y, 3, ofLarge(f32x4.extract_lane(x, 3), quarter));
  }
  return y;
}

/** Sine; NaN for the infinities. */
export function sin(x: v128): v128 {
  return shifted(x, 0);
}

/** Cosine; NaN for the infinities. */
export function cos(x: v128): v128 {
  return shifted(x, 1);
}
