import { highWide, lowWide, narrow, WIDE_ROUNDING, wideAt, wideMadd, widePolynomial } from "./wide";
import { splat } from "./madd";

// (e^r - 1) / r for |r| <= ln 2 / 2, to 2e-13, interpolated at Chebyshev's nodes; from the highest power down.
const SERIES: usize = memory.data<f64>([
  2.761757684835413e-6, 2.4867883453521802e-5, 1.9841224581544105e-4, 1.388883909064138e-3, 8.333333344209506e-3,
  4.1666666786337556e-2, 0.16666666666662583, 0.4999999999995507, 1,
]);

// 1; 1 / ln 2 and -ln 2.
const NUMBERS: usize = memory.data<f64>([1, 1.4426950408889634, -0.6931471805599453]);

/** e^r - 1 for |r| <= ln 2 / 2, in float64. */
@inline
export function exponentialLessOne(r: v128): v128 {
  return f64x2.mul(r, widePolynomial(SERIES, 9, r));
}

/** 2^n, where n stands in the low bits of a number that was rounded with {@link WIDE_ROUNDING}. */
@inline
export function powerOfTwo(rounded: v128): v128 {
  return i64x2.add(i64x2.shl(rounded, 52), wideAt(NUMBERS, 0));
}

@inline
function pair(x: v128): v128 {
  const rounded = wideMadd(x, wideAt(NUMBERS, 1), wideAt(WIDE_ROUNDING, 0));
  const n = f64x2.sub(rounded, wideAt(WIDE_ROUNDING, 0));
  const scale = powerOfTwo(rounded);
  return wideMadd(
    exponentialLessOne(wideMadd(n, wideAt(NUMBERS, 2), x)),
    scale,
    f64x2.sub(scale, wideAt(NUMBERS, 0)),
  );
}

/** e^x - 1, exact near 0; NaN stays. */
export function expm1(x: v128): v128 {
  // The operand order lets NaN through: pmin(a, b) is b < a ? b : a.
  const bounded = f32x4.pmax(f32x4.pmin(x, splat(90)), splat(-40));
  const y = narrow(pair(lowWide(bounded)), pair(highWide(bounded)));
  // It has the sign of x, -0 included.
  return v128.bitselect(x, y, i32x4.splat(0x80000000));
}
