// Keys of 64 bits: an element above, in the order of signed integers, and its position below. No two are the same, so that their order is
// the stable one.

@inline
const INTEGERS = 1;
@inline
const DESCENDING = 2;

// The bits of a float in the order of signed integers: -0 with 0, NaN behind Infinity.
@inline
function orderOfFloat(x: f32): i32 {
  const bits = reinterpret<i32>(x + 0);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

// NaN comes last in either direction.
@inline
function keyOf(x: usize, kind: i32): i32 {
  if (kind & INTEGERS) return kind & DESCENDING ? ~load<i32>(x) : load<i32>(x);
  const value = load<f32>(x);
  if (value != value) return i32.MAX_VALUE;
  return kind & DESCENDING ? ~orderOfFloat(value) : orderOfFloat(value);
}

// Runs of this length are sorted by insertion.
@inline
const RUN = 8;

function sortRun(keys: usize, count: i32): void {
  for (let i = 1; i < count; i++) {
    const key = load<i64>(keys + (<usize>i << 3));
    let at = keys + (<usize>i << 3);
    while (at > keys && load<i64>(at - 8) > key) {
      store<i64>(at, load<i64>(at - 8));
      at -= 8;
    }
    store<i64>(at, key);
  }
}

// Merges `left` to `middle` and `middle` to `right` of one array into another, without a branch that nobody could predict.
function merge(from: usize, to: usize, left: usize, middle: usize, right: usize): void {
  let a = from + left;
  let b = from + middle;
  const aEnd = b;
  const bEnd = from + right;
  let y = to + left;
  while (a < aEnd && b < bEnd) {
    const p = load<i64>(a);
    const q = load<i64>(b);
    const first = p < q;
    store<i64>(y, first ? p : q);
    a += <usize>first << 3;
    b += <usize>!first << 3;
    y += 8;
  }
  memory.copy(y, a, aEnd - a);
  memory.copy(y + (aEnd - a), b, bEnd - b);
}

// Returns where the sorted keys are: in `keys`, or in `spare`, which is as long.
function mergeSort(keys: usize, spare: usize, count: i32): usize {
  for (let i = 0; i < count; i += RUN) sortRun(keys + (<usize>i << 3), min(RUN, count - i));
  const bytes = <usize>count << 3;
  for (let width: usize = RUN << 3; width < bytes; width <<= 1) {
    for (let left: usize = 0; left < bytes; left += width << 1) {
      merge(keys, spare, left, min(left + width, bytes), min(left + (width << 1), bytes));
    }
    const sorted = spare;
    spare = keys;
    keys = sorted;
  }
  return keys;
}

/**
 * Stable order along the axis of `[outer, length, inner]`: positions. `kind` adds up 1 for integers and 2 for descending; `scratch` has room
 * for 16 bytes per element of the axis.
 */
export function argsort(x: usize, y: usize, outer: i32, length: i32, inner: i32, kind: i32, scratch: usize): void {
  const step = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const first = <usize>j << 2;
      let at = first;
      for (let p = 0; p < length; p++) {
        store<i64>(scratch + (<usize>p << 3), (<i64>keyOf(x + at, kind) << 32) | <i64>p);
        at += step;
      }
      const sorted = mergeSort(scratch, scratch + (<usize>length << 3), length);
      at = first;
      for (let p = 0; p < length; p++) {
        store<i32>(y + at, load<i32>(sorted + (<usize>p << 3)));
        at += step;
      }
    }
    x += <usize>length * step;
    y += <usize>length * step;
  }
}
