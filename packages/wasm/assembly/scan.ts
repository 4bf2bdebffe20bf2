import { highWide, lowWide, narrow } from "./wide";

// Four columns at once, or one: sums of int32, or of float32 in two pairs of float64.
@inline
function sumLine(integers: bool, one: bool, x: usize, y: usize, length: i32, step: isize): void {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let p = 0; p < length; p++) {
    const value = one ? v128.load_splat<f32>(x) : v128.load(x);
    low = integers ? i32x4.add(low, value) : f64x2.add(low, lowWide(value));
    if (!integers && !one) high = f64x2.add(high, highWide(value));
    const sums = integers ? low : narrow(low, high);
    if (one) v128.store_lane<f32>(y, sums, 0);
    else v128.store(y, sums);
    x += step;
    y += step;
  }
}

@inline
function runningSums(integers: bool, x: usize, y: usize, outer: i32, length: i32, inner: i32, reverse: bool): void {
  const row = <isize>inner << 2;
  const start = reverse ? (length - 1) * row : 0;
  const step = reverse ? -row : row;
  for (let o = 0; o < outer; o++) {
    let j = 0;
    for (; j + 4 <= inner; j += 4) {
      const at = start + (<isize>j << 2);
      sumLine(integers, false, x + at, y + at, length, step);
    }
    for (; j < inner; j++) {
      const at = start + (<isize>j << 2);
      sumLine(integers, true, x + at, y + at, length, step);
    }
    x += length * row;
    y += length * row;
  }
}

/** Running sums along the axis of `[outer, length, inner]`, in float64; from the end with `reverse`. */
export function cumsum(x: usize, y: usize, outer: i32, length: i32, inner: i32, reverse: bool): void {
  runningSums(false, x, y, outer, length, inner, reverse);
}
/** The same of int32, modulo 2^32. */
export function cumsumIntegers(x: usize, y: usize, outer: i32, length: i32, inner: i32, reverse: bool): void {
  runningSums(true, x, y, outer, length, inner, reverse);
}
