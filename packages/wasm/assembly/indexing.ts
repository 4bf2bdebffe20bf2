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

/** Whole rows, of `bytes` bytes each, at `count` indices: `[outer, length, bytes] -> [outer, count, bytes]`. */
export function takeRows(x: usize, indices: usize, y: usize, outer: i32, count: i32, bytes: i32, length: i32): i32 {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const index = resolved(indices, i, length);
      if (isOutside(index, length)) return i;
      const row = x + <usize>index * <usize>bytes;
      if (bytes == 4) store<i32>(y, load<i32>(row));
      else memory.copy(y, row, <usize>bytes);
      y += <usize>bytes;
    }
    x += <usize>length * <usize>bytes;
  }
  return -1;
}

/** One element per index: `[outer, length, inner]` by `[outer, count, inner]`. */
export function takeAlong(x: usize, indices: usize, y: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  let place = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++, place++) {
        const index = resolved(indices, place, length);
        if (isOutside(index, length)) return place;
        store<i32>(y, load<i32>(x + (<usize>(index * inner + j) << 2)));
        y += 4;
      }
    }
    x += <usize>(length * inner) << 2;
  }
  return -1;
}

@inline
function addVector(integers: bool, a: v128, b: v128): v128 {
  return integers ? i32x4.add(a, b) : f32x4.add(a, b);
}

@inline
function addElement(integers: bool, y: usize, x: usize): void {
  v128.store_lane<f32>(y, addVector(integers, v128.load_splat<f32>(y), v128.load_splat<f32>(x)), 0);
}

@inline
function addEachRow(
  integers: bool, y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32,
): i32 {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      const index = resolved(indices, i, length);
      if (isOutside(index, length)) return i;
      const row = y + (<usize>(index * inner) << 2);
      let j = 0;
      for (; j + 4 <= inner; j += 4) {
        const at = <usize>j << 2;
        v128.store(row + at, addVector(integers, v128.load(row + at), v128.load(updates + at)));
      }
      for (; j < inner; j++) addElement(integers, row + (<usize>j << 2), updates + (<usize>j << 2));
      updates += <usize>inner << 2;
    }
    y += <usize>(length * inner) << 2;
  }
  return -1;
}

/** Adds rows of `updates`, `[outer, count, inner]`, to rows of `y` at `count` indices, in order. */
export function addRows(y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return addEachRow(false, y, indices, updates, outer, count, inner, length);
}
export function addRowsIntegers(y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return addEachRow(true, y, indices, updates, outer, count, inner, length);
}

@inline
function addEachAlong(
  integers: bool, y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32,
): i32 {
  let place = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++, place++) {
        const index = resolved(indices, place, length);
        if (isOutside(index, length)) return place;
        addElement(integers, y + (<usize>(index * inner + j) << 2), updates);
        updates += 4;
      }
    }
    y += <usize>(length * inner) << 2;
  }
  return -1;
}

/** Adds each of `updates`, `[outer, count, inner]`, to `y` at an index of its own, in order. */
export function addAlong(y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return addEachAlong(false, y, indices, updates, outer, count, inner, length);
}
export function addAlongIntegers(y: usize, indices: usize, updates: usize, outer: i32, count: i32, inner: i32, length: i32): i32 {
  return addEachAlong(true, y, indices, updates, outer, count, inner, length);
}
