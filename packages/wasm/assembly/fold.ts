// Reductions in which the order does not count, of int32 modulo 2^32, and products of float32, in float64.
import { highWide, lowWide, narrow } from "./wide";

@inline
const SUM = 0;
@inline
const PRODUCT = 1;
@inline
const LARGEST = 2;
@inline
const SMALLEST = 3;

@inline
function fold(operation: i32, a: v128, b: v128): v128 {
  if (operation == SUM) return i32x4.add(a, b);
  if (operation == PRODUCT) return i32x4.mul(a, b);
  if (operation == LARGEST) return i32x4.max_s(a, b);
  return i32x4.min_s(a, b);
}

// What changes nothing.
@inline
function neutral(operation: i32): i32 {
  if (operation == SUM) return 0;
  if (operation == PRODUCT) return 1;
  if (operation == LARGEST) return i32.MIN_VALUE;
  return i32.MAX_VALUE;
}

@inline
function foldRow(operation: i32, x: usize, count: i32): v128 {
  let total = i32x4.splat(neutral(operation));
  let i = 0;
  for (; i + 4 <= count; i += 4) total = fold(operation, total, v128.load(x + (<usize>i << 2)));
  total = fold(operation, total, i32x4.shuffle(total, total, 2, 3, 0, 1));
  total = fold(operation, total, i32x4.shuffle(total, total, 1, 0, 3, 2));
  for (; i < count; i++) total = fold(operation, total, v128.load_splat<i32>(x + (<usize>i << 2)));
  return total;
}

/** The largest or the smallest of a row, in all lanes. */
@inline
export function extremeOfIntegers(largest: bool, x: usize, count: i32): v128 {
  return foldRow(largest ? LARGEST : SMALLEST, x, count);
}

@inline
function foldAxis(operation: i32, x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      v128.store_lane<i32>(y, foldRow(operation, x, length), 0);
      x += <usize>length << 2;
    } else {
      // Row by row, so that memory is read as it lies.
      for (let j = first; j < end; j++) store<i32>(y + (<usize>j << 2), neutral(operation));
      for (let p = 0; p < length; p++) {
        let j = first;
        for (; j + 4 <= end; j += 4) {
          const at = <usize>j << 2;
          v128.store(y + at, fold(operation, v128.load(y + at), v128.load(x + at)));
        }
        for (; j < end; j++) {
          const at = <usize>j << 2;
          v128.store_lane<i32>(y + at, fold(operation, v128.load_splat<i32>(y + at), v128.load_splat<i32>(x + at)), 0);
        }
        x += row;
      }
    }
    y += row;
  }
}

/** The columns `first` to `end` of `[outer, length, inner] -> [outer, inner]`, int32, as all below. */
export function sumIntegers(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  foldAxis(SUM, x, y, outer, length, inner, first, end);
}
export function prodIntegers(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  foldAxis(PRODUCT, x, y, outer, length, inner, first, end);
}
export function maxOfIntegers(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  foldAxis(LARGEST, x, y, outer, length, inner, first, end);
}
export function minOfIntegers(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  foldAxis(SMALLEST, x, y, outer, length, inner, first, end);
}

/** The columns `first` to `end` of `[outer, length, inner] -> [outer, inner]`, float32, multiplied in float64. */
export function prod(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    let j = first;
    for (; j + 4 <= end; j += 4) {
      let low = f64x2.splat(1);
      let high = f64x2.splat(1);
      let at = x + (<usize>j << 2);
      for (let p = 0; p < length; p++) {
        low = f64x2.mul(low, lowWide(v128.load(at)));
        high = f64x2.mul(high, highWide(v128.load(at)));
        at += row;
      }
      v128.store(y + (<usize>j << 2), narrow(low, high));
    }
    for (; j < end; j++) {
      let total: f64 = 1;
      let at = x + (<usize>j << 2);
      for (let p = 0; p < length; p++) {
        total *= <f64>load<f32>(at);
        at += row;
      }
      store<f32>(y + (<usize>j << 2), <f32>total);
    }
    x += <usize>length * row;
    y += row;
  }
}
