import { extremeOfIntegers } from "./fold";
import { splat } from "./madd";
import { extremeOfRow } from "./reduction";

// Positions of extremes along the axis of `[outer, length, inner]`: the first at ties, of NaN where there is one.

// Where `x` takes the place of `best`: where it is better, or the first NaN.
@inline
function beats(largest: bool, integers: bool, x: v128, best: v128): v128 {
  if (integers) return largest ? i32x4.gt_s(x, best) : i32x4.lt_s(x, best);
  return v128.andnot(f32x4.eq(best, best), largest ? f32x4.le(x, best) : f32x4.ge(x, best));
}

// Four columns, the lanes of the result, by rows that lie `step` bytes apart.
@inline
function positions(largest: bool, integers: bool, x: usize, length: i32, step: usize): v128 {
  let best = v128.load(x);
  let found = i32x4.splat(0);
  for (let p = 1; p < length; p++) {
    x += step;
    const value = v128.load(x);
    const taken = beats(largest, integers, value, best);
    best = v128.bitselect(value, best, taken);
    found = v128.bitselect(i32x4.splat(p), found, taken);
  }
  return found;
}

// One column, by the same comparisons.
@inline
function position(largest: bool, integers: bool, x: usize, length: i32, step: usize): i32 {
  let best = v128.load_splat<f32>(x);
  let found = 0;
  for (let p = 1; p < length; p++) {
    x += step;
    const value = v128.load_splat<f32>(x);
    if (i32x4.extract_lane(beats(largest, integers, value, best), 0) != 0) {
      best = value;
      found = p;
    }
  }
  return found;
}

// All bits where an element of a row is the best one of the row.
@inline
function matches(integers: bool, x: v128, best: v128): v128 {
  if (integers) return i32x4.eq(x, best);
  return v128.or(f32x4.eq(x, best), v128.and(f32x4.ne(x, x), f32x4.ne(best, best)));
}

// The best element first, which takes no positions, and then its place.
@inline
function positionInRow(largest: bool, integers: bool, x: usize, length: i32): i32 {
  const best = integers ? extremeOfIntegers(largest, x, length) : splat(extremeOfRow(largest, x, length));
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const found = i32x4.bitmask(matches(integers, v128.load(x + (<usize>i << 2)), best));
    if (found != 0) return i + ctz(found);
  }
  while (!v128.any_true(matches(integers, v128.load_splat<f32>(x + (<usize>i << 2)), best))) i++;
  return i;
}

@inline
function positionsAlong(
  largest: bool, integers: bool, x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32,
): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      store<i32>(y, positionInRow(largest, integers, x, length));
    } else {
      let j = first;
      for (; j + 4 <= end; j += 4) {
        const at = <usize>j << 2;
        v128.store(y + at, positions(largest, integers, x + at, length, row));
      }
      for (; j < end; j++) {
        const at = <usize>j << 2;
        store<i32>(y + at, position(largest, integers, x + at, length, row));
      }
    }
    x += <usize>length * row;
    y += row;
  }
}

/** The columns `first` to `end` of `[outer, length, inner] -> [outer, inner]`, as all below. */
export function argmax(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  positionsAlong(true, false, x, y, outer, length, inner, first, end);
}
export function argmin(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  positionsAlong(false, false, x, y, outer, length, inner, first, end);
}
export function argmaxIntegers(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  positionsAlong(true, true, x, y, outer, length, inner, first, end);
}
export function argminIntegers(x: usize, y: usize, outer: i32, length: i32, inner: i32, first: i32, end: i32): void {
  positionsAlong(false, true, x, y, outer, length, inner, first, end);
}
