// Positions of extremes along the axis of `[outer, length, inner]`: the first at ties, of NaN where there is one.

@inline
function isNaN4(integers: bool, x: v128): v128 {
  return integers ? i32x4.splat(0) : f32x4.ne(x, x);
}

// Where `x` takes the place of `best`.
@inline
function beats(largest: bool, integers: bool, x: v128, best: v128): v128 {
  if (integers) return largest ? i32x4.gt_s(x, best) : i32x4.lt_s(x, best);
  const better = largest ? f32x4.gt(x, best) : f32x4.lt(x, best);
  return v128.or(better, v128.andnot(isNaN4(false, x), isNaN4(false, best)));
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

// Of two places in a row, the one with the better element; at ties the first.
@inline
function betterPlace(largest: bool, integers: bool, x: usize, a: i32, b: i32): i32 {
  const left = v128.load_splat<f32>(x + (<usize>a << 2));
  const right = v128.load_splat<f32>(x + (<usize>b << 2));
  if (v128.any_true(beats(largest, integers, left, right))) return a;
  return v128.any_true(beats(largest, integers, right, left)) ? b : min(a, b);
}

// Each lane takes every fourth element of the row; then the lanes are compared, and what is left over.
@inline
function positionInRow(largest: bool, integers: bool, x: usize, length: i32): i32 {
  if (length < 4) return position(largest, integers, x, length, 4);
  const found = i32x4.shl(positions(largest, integers, x, length >> 2, 16), 2);
  let place = betterPlace(largest, integers, x, i32x4.extract_lane(found, 0), i32x4.extract_lane(found, 1) + 1);
  place = betterPlace(largest, integers, x, place, i32x4.extract_lane(found, 2) + 2);
  place = betterPlace(largest, integers, x, place, i32x4.extract_lane(found, 3) + 3);
  for (let i = length & ~3; i < length; i++) place = betterPlace(largest, integers, x, place, i);
  return place;
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
