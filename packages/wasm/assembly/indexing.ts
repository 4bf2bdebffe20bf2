// Positions along the axis of `[outer, length, inner]`; negative ones count from the end. Each kernel returns the first bad place among the
// indices, or -1.

@inline
function resolved(indices: usize, place: i32, length: i32): i32 {
  const index = load<i32>(indices + (<usize>place << 2));
  return index < 0 ? index + length : index;
}

@inline
function isOutside(index: i32, length: i32): bool {
  return <u32>index >= <u32>length;
}

// Moves `bytes` bytes, mostly those of one element.
@inline
function move(target: usize, source: usize, bytes: i32): void {
  if (bytes == 4) store<i32>(target, load<i32>(source));
  else memory.copy(target, source, <usize>bytes);
}

@inline
function addVector(integers: bool, a: v128, b: v128): v128 {
  return integers ? i32x4.add(a, b) : f32x4.add(a, b);
}

@inline
function addRun(integers: bool, y: usize, x: usize, count: i32): void {
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const at = <usize>j << 2;
    v128.store(y + at, addVector(integers, v128.load(y + at), v128.load(x + at)));
  }
  for (; j < count; j++) {
    const at = <usize>j << 2;
    v128.store_lane<f32>(y + at, addVector(integers, v128.load_splat<f32>(y + at), v128.load_splat<f32>(x + at)), 0);
  }
}

@inline
const TAKE = 0;
@inline
const ADD = 1;
@inline
const ADD_INTEGERS = 2;

// Between `[outer, length, inner]` at the indices and `[outer, count, inner]` in order; `inner` in bytes. An index stands for a run of
// `inner` or, with `along`, for one element of four bytes.
@inline
function atEach(
  operation: i32, along: bool, x: usize, indices: usize, y: usize, outer: i32, count: i32, inner: i32, length: i32,
): i32 {
  const width = along ? 4 : inner;
  let next = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j += width) {
        const place = along ? next++ : i;
        const index = resolved(indices, place, length);
        if (isOutside(index, length)) return place;
        const at = x + <usize>index * <usize>inner + <usize>j;
        if (operation == TAKE) move(y, at, width);
        else addRun(operation == ADD_INTEGERS, at, y, width >> 2);
        y += <usize>width;
      }
    }
    x += <usize>length * <usize>inner;
  }
  return -1;
}

/** Whole rows at `count` indices: `[outer, length, inner] -> [outer, count, inner]`, `inner` in bytes. */
export function takeRows(x: usize, indices: usize, y: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return atEach(TAKE, false, x, indices, y, outer, count, inner, length);
}
/** One element of four bytes per index: `[outer, length, inner]` by `[outer, count, inner]`, `inner` in bytes. */
export function takeAlong(x: usize, indices: usize, y: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return atEach(TAKE, true, x, indices, y, outer, count, inner, length);
}

/** Adds rows of `updates`, `[outer, count, inner]`, to rows of `y` at `count` indices, in order. */
export function addRows(y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return atEach(ADD, false, y, indices, updates, outer, count, inner << 2, length);
}
export function addRowsIntegers(y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return atEach(ADD_INTEGERS, false, y, indices, updates, outer, count, inner << 2, length);
}
/** Adds each of `updates`, `[outer, count, inner]`, to `y` at an index of its own, in order. */
export function addAlong(y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return atEach(ADD, true, y, indices, updates, outer, count, inner << 2, length);
}
export function addAlongIntegers(y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return atEach(ADD_INTEGERS, true, y, indices, updates, outer, count, inner << 2, length);
}
