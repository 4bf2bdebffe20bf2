import { expOfNegative, log } from "./math";
import { splat } from "./madd";
import { highWide, lowWide, narrow } from "./wide";

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

// Rows whose sum is taken in float32.
@inline
const BLOCK = 32;

// Sixteen columns, a cache line, of `length` rows that lie `row` bytes apart.
@inline
function sumColumns16(x: usize, y: usize, length: i32, row: usize): void {
  let t0 = f64x2.splat(0), t1 = f64x2.splat(0), t2 = f64x2.splat(0), t3 = f64x2.splat(0);
  let t4 = f64x2.splat(0), t5 = f64x2.splat(0), t6 = f64x2.splat(0), t7 = f64x2.splat(0);
  for (let p = 0; p < length; p += BLOCK) {
    let s0 = splat(0), s1 = splat(0), s2 = splat(0), s3 = splat(0);
    for (let left = min(BLOCK, length - p); left > 0; left--) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
      x += row;
    }
    t0 = f64x2.add(t0, lowWide(s0));
    t1 = f64x2.add(t1, highWide(s0));
    t2 = f64x2.add(t2, lowWide(s1));
    t3 = f64x2.add(t3, highWide(s1));
    t4 = f64x2.add(t4, lowWide(s2));
    t5 = f64x2.add(t5, highWide(s2));
    t6 = f64x2.add(t6, lowWide(s3));
    t7 = f64x2.add(t7, highWide(s3));
  }
  v128.store(y, narrow(t0, t1));
  v128.store(y, narrow(t2, t3), 16);
  v128.store(y, narrow(t4, t5), 32);
  v128.store(y, narrow(t6, t7), 48);
}

// One column, by the same operations.
@inline
function sumColumn(x: usize, length: i32, row: usize): f32 {
  let total: f64 = 0;
  for (let p = 0; p < length; p += BLOCK) {
    let sum: f32 = 0;
    for (let left = min(BLOCK, length - p); left > 0; left--) {
      sum += load<f32>(x);
      x += row;
    }
    total += <f64>sum;
  }
  return <f32>total;
}

/** The columns `first` to `end` of `[outer, length, inner] -> [outer, inner]`: sums of blocks in float32, and of the blocks in float64. */
export function sum(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      store<f32>(y, <f32>sumRow(x, length));
    } else {
      let j = first;
      for (; j + 16 <= end; j += 16) {
        const at = <usize>j << 2;
        sumColumns16(x + at, y + at, length, row);
      }
      for (; j < end; j++) {
        const at = <usize>j << 2;
        store<f32>(y + at, sumColumn(x + at, length, row));
      }
    }
    x += <usize>length * row;
    y += row;
  }
}

// The larger or the smaller; a NaN in b is dropped.
@inline
function pick(largest: bool, a: v128, b: v128): v128 {
  return largest ? f32x4.pmax(a, b) : f32x4.pmin(a, b);
}

@inline
function pickLane(largest: bool, a: f32, b: f32): f32 {
  return largest ? max<f32>(a, b) : min<f32>(a, b);
}

/** The largest or the smallest of a row; NaN where there is one. */
@inline
export function extremeOfRow(largest: bool, x: usize, count: i32): f32 {
  const worst: f32 = largest ? -Infinity : Infinity;
  let a = splat(worst), b = splat(worst), c = splat(worst), d = splat(worst);
  // Zero, or NaN where an element is.
  let bad = splat(0);
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const at = x + (<usize>i << 2);
    const v0 = v128.load(at), v1 = v128.load(at, 16), v2 = v128.load(at, 32), v3 = v128.load(at, 48);
    a = pick(largest, a, v0);
    b = pick(largest, b, v1);
    c = pick(largest, c, v2);
    d = pick(largest, d, v3);
    bad = v128.or(v128.or(bad, v128.or(f32x4.ne(v0, v0), f32x4.ne(v1, v1))), v128.or(f32x4.ne(v2, v2), f32x4.ne(v3, v3)));
  }
  a = pick(largest, pick(largest, a, b), pick(largest, c, d));
  let best = pickLane(
    largest,
    pickLane(largest, f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)),
    pickLane(largest, f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)),
  );
  for (; i < count; i++) best = pickLane(largest, best, load<f32>(x + (<usize>i << 2)));
  return v128.any_true(bad) ? NaN : best;
}

// Sixteen columns, a cache line.
@inline
function extremeOfColumns16(largest: bool, x: usize, y: usize, length: i32, row: usize): void {
  let a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
  let badA = f32x4.ne(a, a), badB = f32x4.ne(b, b), badC = f32x4.ne(c, c), badD = f32x4.ne(d, d);
  for (let p = 1; p < length; p++) {
    x += row;
    const v0 = v128.load(x), v1 = v128.load(x, 16), v2 = v128.load(x, 32), v3 = v128.load(x, 48);
    a = pick(largest, a, v0);
    b = pick(largest, b, v1);
    c = pick(largest, c, v2);
    d = pick(largest, d, v3);
    badA = v128.or(badA, f32x4.ne(v0, v0));
    badB = v128.or(badB, f32x4.ne(v1, v1));
    badC = v128.or(badC, f32x4.ne(v2, v2));
    badD = v128.or(badD, f32x4.ne(v3, v3));
  }
  // All bits set make a NaN.
  v128.store(y, v128.or(a, badA));
  v128.store(y, v128.or(b, badB), 16);
  v128.store(y, v128.or(c, badC), 32);
  v128.store(y, v128.or(d, badD), 48);
}

@inline
function extreme(largest: bool, x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      store<f32>(y, extremeOfRow(largest, x, length));
    } else {
      let j = first;
      for (; j + 16 <= end; j += 16) extremeOfColumns16(largest, x + (<usize>j << 2), y + (<usize>j << 2), length, row);
      for (; j < end; j++) {
        let at = x + (<usize>j << 2);
        let best = load<f32>(at);
        for (let p = 1; p < length; p++) {
          at += row;
          best = pickLane(largest, best, load<f32>(at));
        }
        store<f32>(y + (<usize>j << 2), best);
      }
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

// Writes e^(x - largest) to y and returns the sum.
@inline
function exponentials(x: usize, y: usize, count: i32, largest: f32): f64 {
  const shift = splat(largest);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const at = <usize>i << 2;
    const low = expOfNegative(f32x4.sub(v128.load(x + at), shift));
    const high = expOfNegative(f32x4.sub(v128.load(x + at, 16), shift));
    v128.store(y + at, low);
    v128.store(y + at, high, 16);
  }
  if (i + 4 <= count) {
    const at = <usize>i << 2;
    v128.store(y + at, expOfNegative(f32x4.sub(v128.load(x + at), shift)));
    i += 4;
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
    const total = exponentials(x, y, columns, extremeOfRow(true, x, columns));
    const factor = splat(<f32>(1 / total));
    let i = 0;
    for (; i + 16 <= columns; i += 16) {
      const at = y + (<usize>i << 2);
      v128.store(at, f32x4.mul(v128.load(at), factor));
      v128.store(at, f32x4.mul(v128.load(at, 16), factor), 16);
      v128.store(at, f32x4.mul(v128.load(at, 32), factor), 32);
      v128.store(at, f32x4.mul(v128.load(at, 48), factor), 48);
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
    const largest = extremeOfRow(true, x, columns);
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
