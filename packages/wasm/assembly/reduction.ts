import { expOfNegative, log } from "./math";
import { splat } from "./madd";

@inline
function lanes(x: v128): f64 {
  return (
    <f64>f32x4.extract_lane(x, 0) + <f64>f32x4.extract_lane(x, 1) + (<f64>f32x4.extract_lane(x, 2) + <f64>f32x4.extract_lane(x, 3))
  );
}

// Blocks of 256 in float32, the blocks in float64: the error does not grow with the length.
@inline
function sumRow(x: usize, count: i32): f64 {
  let total: f64 = 0;
  let i = 0;
  while (i + 8 <= count) {
    const end = min(count - 8, i + 248);
    let s0 = splat(0);
    let s1 = splat(0);
    for (; i <= end; i += 8) {
      const at = x + (<usize>i << 2);
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
    }
    total += lanes(f32x4.add(s0, s1));
  }
  for (; i < count; i++) total += <f64>load<f32>(x + (<usize>i << 2));
  return total;
}

/** The columns `first` to `end` of `[outer, length, inner] -> [outer, inner]`, sums in float64. */
export function sum(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      store<f32>(y, <f32>sumRow(x, length));
    } else {
      let j = first;
      for (; j + 8 <= end; j += 8) {
        let s0 = f64x2.splat(0);
        let s1 = f64x2.splat(0);
        let s2 = f64x2.splat(0);
        let s3 = f64x2.splat(0);
        let at = x + (<usize>j << 2);
        for (let p = 0; p < length; p++) {
          const v0 = v128.load(at);
          const v1 = v128.load(at, 16);
          s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v0));
          s1 = f64x2.add(s1, f64x2.promote_low_f32x4(i32x4.shuffle(v0, v0, 2, 3, 2, 3)));
          s2 = f64x2.add(s2, f64x2.promote_low_f32x4(v1));
          s3 = f64x2.add(s3, f64x2.promote_low_f32x4(i32x4.shuffle(v1, v1, 2, 3, 2, 3)));
          at += row;
        }
        const to = y + (<usize>j << 2);
        v128.store(to, i64x2.shuffle(f32x4.demote_f64x2_zero(s0), f32x4.demote_f64x2_zero(s1), 0, 2));
        v128.store(to, i64x2.shuffle(f32x4.demote_f64x2_zero(s2), f32x4.demote_f64x2_zero(s3), 0, 2), 16);
      }
      for (; j < end; j++) {
        let total: f64 = 0;
        let at = x + (<usize>j << 2);
        for (let p = 0; p < length; p++) {
          total += <f64>load<f32>(at);
          at += row;
        }
        store<f32>(y + (<usize>j << 2), <f32>total);
      }
    }
    x += <usize>length * row;
    y += row;
  }
}

@inline
function extreme(largest: bool, x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = first; j < end; j++) {
      let at = x + (<usize>j << 2);
      let best = load<f32>(at);
      for (let p = 1; p < length; p++) {
        at += row;
        const value = load<f32>(at);
        best = largest ? max<f32>(best, value) : min<f32>(best, value);
      }
      store<f32>(y + (<usize>j << 2), best);
    }
    x += <usize>length * row;
    y += row;
  }
}

/** The columns `first` to `end` of `[outer, length, inner] -> [outer, inner]`; NaN wins. */
export function maxOf(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  extreme(true, x, y, outer, length, inner, first, end);
}

/** The columns `first` to `end` of `[outer, length, inner] -> [outer, inner]`; NaN wins. */
export function minOf(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  extreme(false, x, y, outer, length, inner, first, end);
}

@inline
function largestOf(x: usize, count: i32): f32 {
  let i = 0;
  let best = splat(-Infinity);
  for (; i + 4 <= count; i += 4) best = f32x4.max(best, v128.load(x + (<usize>i << 2)));
  let largest = max<f32>(
    max<f32>(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1)),
    max<f32>(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)),
  );
  for (; i < count; i++) largest = max<f32>(largest, load<f32>(x + (<usize>i << 2)));
  return largest;
}

// Writes e^(x - largest) to y and returns the sum.
@inline
function exponentials(x: usize, y: usize, count: i32, largest: f32): f64 {
  const shift = splat(largest);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(y + at, expOfNegative(f32x4.sub(v128.load(x + at), shift)));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    v128.store_lane<f32>(y + at, expOfNegative(f32x4.sub(v128.load_splat<f32>(x + at), shift)), 0);
  }
  return sumRow(y, count);
}

/** Softmax of each row. */
export function softmax(x: usize, y: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const total = exponentials(x, y, columns, largestOf(x, columns));
    const factor = splat(<f32>(1 / total));
    let i = 0;
    for (; i + 4 <= columns; i += 4) {
      const at = y + (<usize>i << 2);
      v128.store(at, f32x4.mul(v128.load(at), factor));
    }
    for (; i < columns; i++) {
      const at = y + (<usize>i << 2);
      store<f32>(at, load<f32>(at) * f32x4.extract_lane(factor, 0));
    }
    x += <usize>columns << 2;
    y += <usize>columns << 2;
  }
}

/** Logarithm of the softmax of each row. */
export function logSoftmax(x: usize, y: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const largest = largestOf(x, columns);
    const total = exponentials(x, y, columns, largest);
    const shift = splat(largest);
    const scale = log(splat(<f32>total));
    let i = 0;
    for (; i + 4 <= columns; i += 4) {
      const at = <usize>i << 2;
      v128.store(y + at, f32x4.sub(f32x4.sub(v128.load(x + at), shift), scale));
    }
    for (; i < columns; i++) {
      const at = <usize>i << 2;
      v128.store_lane<f32>(y + at, f32x4.sub(f32x4.sub(v128.load_splat<f32>(x + at), shift), scale), 0);
    }
    x += <usize>columns << 2;
    y += <usize>columns << 2;
  }
}
