import { exponentialLessOne, powerOfTwo } from "./expm1";
import { exponentOf, logarithmNearOne, mantissaLessOne, scientific } from "./log1p";
import { splat } from "./madd";
import { highWide, lowWide, narrow, WIDE_ROUNDING, wideAt, wideMadd } from "./wide";

// 1 / ln 2 and ln 2; beyond -200 and 200 powers of two are 0 and Infinity in float32; the ends.
const NUMBERS: usize = memory.data<f64>([1.4426950408889634, 0.6931471805599453, -200, 200, 0, -Infinity, Infinity]);

// x^y for x >= 0 as 2^(y log2 x), in float64. What IEEE 754 asks of 0, 1, Infinity and NaN comes out by itself, but for y = 0.
@inline
function pair(x: v128, y: v128): v128 {
  const bits = scientific(x);
  let power = wideMadd(logarithmNearOne(mantissaLessOne(bits)), wideAt(NUMBERS, 0), exponentOf(bits));
  power = v128.bitselect(wideAt(NUMBERS, 5), power, f64x2.eq(x, wideAt(NUMBERS, 4)));
  power = v128.bitselect(power, x, f64x2.lt(x, wideAt(NUMBERS, 6)));
  power = f64x2.mul(power, y);
  // The operand order lets NaN through: pmin(a, b) is b < a ? b : a.
  power = f64x2.pmax(f64x2.pmin(power, wideAt(NUMBERS, 3)), wideAt(NUMBERS, 2));
  const rounded = f64x2.add(power, wideAt(WIDE_ROUNDING, 0));
  const rest = f64x2.sub(power, f64x2.sub(rounded, wideAt(WIDE_ROUNDING, 0)));
  const scale = powerOfTwo(rounded);
  return wideMadd(exponentialLessOne(f64x2.mul(rest, wideAt(NUMBERS, 1))), scale, scale);
}

@inline
function isWhole(x: v128): v128 {
  return f32x4.eq(f32x4.floor(x), x);
}

/** x^y by the rules of JavaScript's Math.pow: those of IEEE 754, but NaN for 1 and -1 to an infinite or unknown power. */
export function pow(x: v128, y: v128): v128 {
  const size = f32x4.abs(x);
  let result = narrow(pair(lowWide(size), lowWide(y)), pair(highWide(size), highWide(y)));
  const whole = isWhole(y);
  const odd = v128.andnot(whole, isWhole(f32x4.mul(y, splat(0.5))));
  result = v128.or(result, v128.and(v128.and(x, i32x4.splat(0x80000000)), odd));
  // A negative finite number has no broken powers; all bits set make a NaN.
  const negative = v128.and(f32x4.lt(x, splat(0)), f32x4.gt(x, splat(-Infinity)));
  result = v128.or(result, v128.andnot(negative, whole));
  return v128.bitselect(splat(1), result, f32x4.eq(y, splat(0)));
}
