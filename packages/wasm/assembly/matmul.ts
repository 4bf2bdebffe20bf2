import { madd, splat } from "./madd";
import { rowOfFour, tileOfOne, tileOfTwo } from "./micro-kernels";
import { packPanel } from "./pack";

// Blocks of the inner dimension that keep a panel of b in the first cache, and of rows that keep a's in the second.
@inline
const KC = 256;
@inline
const MC = 256;

// Where the engine pairs vectors into 256 bits, the byte here is not 0: every instance over the memory reads it.
@inline
const PAIRED: usize = 0;

/** Elements that {@link packRight} writes for `[k, n]`. */
export function packedLength(k: i32, n: i32): i32 {
  return k * ((n + 7) & ~7);
}

/**
 * Packs the columns `first` (a multiple of 8) to `end` of the right operand: per block of 256 in k, panels of 8 columns, padded with
 * zeros. `target` is where the whole operand goes.
 */
export function packRight(
  b: usize,
  rowStep: i32,
  columnStep: i32,
  target: usize,
  k: i32,
  n: i32,
  first: i32,
  end: i32,
): void {
  for (let p = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    let panel = target + ((<usize>depth * <usize>first) << 2);
    for (let j = first; j < end; j += 8) {
      const from = b + ((<isize>p * rowStep + <isize>j * columnStep) << 2);
      packPanel(from, rowStep, columnStep, panel, depth, 8, min(8, n - j));
      panel += <usize>depth << 5;
    }
    target += (<usize>depth * <usize>((n + 7) & ~7)) << 2;
  }
}

// Rows of the next tile: six, but the last seven to eleven are shared by two, since small tiles wait for their own sums.
@inline
function tileRows(left: i32): i32 {
  if (left >= 12 || left == 6) return 6;
  return left > 6 ? (left + 1) >> 1 : left;
}

/**
 * The columns `first` (a multiple of 8) to `end` of `c = a b`, with `a [m, k]` strided, `b` packed and `c` contiguous. Each element is
 * the same chain of multiply-adds whatever the tile that it falls into.
 *
 * @param panels - room for 256 * 256 elements, then one tile of 6 x 8.
 */
export function matmulPacked(
  a: usize,
  rowStep: i32,
  columnStep: i32,
  b: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  panels: usize,
  first: i32,
  end: i32,
): void {
  const spill = panels + ((MC * KC) << 2);
  const cStep = <usize>n << 2;
  for (let p = 0; p < k; p += KC) {
    const depth = min(KC, k - p);
    for (let i = 0; i < m; i += MC) {
      const height = min(MC, m - i);
      const block = a + ((<isize>i * rowStep + <isize>p * columnStep) << 2);
      // A single row without gaps is a panel as it stands.
      const lefts = height == 1 && columnStep == 1 ? block : panels;
      for (let r = 0, rows = 0, to = panels; lefts == panels && r < height; r += rows) {
        rows = tileRows(height - r);
        packPanel(block + ((<isize>r * rowStep) << 2), columnStep, rowStep, to, depth, rows, rows);
        to += (<usize>depth * <usize>rows) << 2;
      }
      let panel = b + ((<usize>depth * <usize>first) << 2);
      let j = first;
      if (height == 1) {
        for (; j + 32 <= end; j += 32) {
          rowOfFour(lefts, panel, c + ((<usize>i * <usize>n + <usize>j) << 2), depth, p > 0);
          panel += <usize>depth << 7;
        }
      }
      if (load<u8>(PAIRED) != 0) {
        for (; j + 16 <= end; j += 16) {
          let left = lefts;
          for (let r = 0, rows = 0; r < height; r += rows) {
            rows = tileRows(height - r);
            tileOfTwo(rows, left, panel, c + ((<usize>(i + r) * <usize>n + <usize>j) << 2), cStep, depth, p > 0);
            left += (<usize>depth * <usize>rows) << 2;
          }
          panel += <usize>depth << 6;
        }
      }
      for (; j < end; j += 8) {
        const columns = min(8, n - j);
        let left = lefts;
        for (let r = 0, rows = 0; r < height; r += rows) {
          rows = tileRows(height - r);
          const tile = c + ((<usize>(i + r) * <usize>n + <usize>j) << 2);
          if (columns == 8) {
            tileOfOne(rows, left, panel, tile, cStep, depth, p > 0);
          } else {
            tileOfOne(rows, left, panel, spill, 32, depth, false);
            for (let q = 0; q < rows; q++) {
              for (let column = 0; column < columns; column++) {
                const value = load<f32>(spill + (<usize>(q * 8 + column) << 2));
                const at = tile + <usize>q * cStep + (<usize>column << 2);
                store<f32>(at, p > 0 ? load<f32>(at) + value : value);
              }
            }
          }
          left += (<usize>depth * <usize>rows) << 2;
        }
        panel += <usize>depth << 5;
      }
    }
    b += (<usize>depth * <usize>((n + 7) & ~7)) << 2;
  }
}

@inline
function total(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

// The totals of four vectors.
@inline
function totals(a: v128, b: v128, c: v128, d: v128): v128 {
  const low = f32x4.add(i32x4.shuffle(a, b, 0, 4, 2, 6), i32x4.shuffle(a, b, 1, 5, 3, 7));
  const high = f32x4.add(i32x4.shuffle(c, d, 0, 4, 2, 6), i32x4.shuffle(c, d, 1, 5, 3, 7));
  return f32x4.add(i64x2.shuffle(low, high, 0, 2), i64x2.shuffle(low, high, 1, 3));
}

@inline
function fourElements(a: usize, b: usize, c: usize, d: usize): v128 {
  const first = v128.load_lane<f32>(b, v128.load_splat<f32>(a), 1);
  return v128.load_lane<f32>(d, v128.load_lane<f32>(c, first, 2), 3);
}

// Four dot products of x with rows of w, in two chains of multiply-adds each: eight hide their latency, and a processor follows four
// streams of memory further ahead than eight.
@inline
function fourDots(x: usize, row: usize, step: isize, y: usize, k: i32): void {
  let r0 = row, r1 = r0 + step, r2 = r1 + step, r3 = r2 + step;
  let s0 = splat(0), s1 = splat(0), s2 = splat(0), s3 = splat(0);
  let t0 = splat(0), t1 = splat(0), t2 = splat(0), t3 = splat(0);
  for (let p = k >> 3; p > 0; p--) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    s0 = madd(x0, v128.load(r0), s0);
    t0 = madd(x1, v128.load(r0, 16), t0);
    s1 = madd(x0, v128.load(r1), s1);
    t1 = madd(x1, v128.load(r1, 16), t1);
    s2 = madd(x0, v128.load(r2), s2);
    t2 = madd(x1, v128.load(r2, 16), t2);
    s3 = madd(x0, v128.load(r3), s3);
    t3 = madd(x1, v128.load(r3, 16), t3);
    x += 32;
    r0 += 32;
    r1 += 32;
    r2 += 32;
    r3 += 32;
  }
  if ((k & 4) != 0) {
    const x0 = v128.load(x);
    s0 = madd(x0, v128.load(r0), s0);
    s1 = madd(x0, v128.load(r1), s1);
    s2 = madd(x0, v128.load(r2), s2);
    s3 = madd(x0, v128.load(r3), s3);
    x += 16;
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
  }
  let sums = totals(f32x4.add(s0, t0), f32x4.add(s1, t1), f32x4.add(s2, t2), f32x4.add(s3, t3));
  for (let p = k & 3; p > 0; p--) {
    sums = f32x4.add(sums, f32x4.mul(v128.load_splat<f32>(x), fourElements(r0, r1, r2, r3)));
    x += 4;
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
  }
  v128.store(y, sums);
}

// One dot product, by the same operations.
@inline
function oneDot(x: usize, row: usize, k: i32): f32 {
  let s = splat(0);
  let t = splat(0);
  for (let p = k >> 3; p > 0; p--) {
    s = madd(v128.load(x), v128.load(row), s);
    t = madd(v128.load(x, 16), v128.load(row, 16), t);
    x += 32;
    row += 32;
  }
  if ((k & 4) != 0) {
    s = madd(v128.load(x), v128.load(row), s);
    x += 16;
    row += 16;
  }
  let sum = total(f32x4.add(s, t));
  for (let p = k & 3; p > 0; p--) {
    sum += load<f32>(x) * load<f32>(row);
    x += 4;
    row += 4;
  }
  return sum;
}

/** `y = x W^T` for a few rows: dot products over the rows of `w [n, k]`, `rowStep` elements apart; x contiguous, the rows of y `yStep` apart. */
export function dotRows(x: usize, w: usize, rowStep: i32, y: usize, yStep: i32, m: i32, n: i32, k: i32): void {
  const step = <isize>rowStep << 2;
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    for (let i = 0; i < m; i++) {
      fourDots(x + ((<usize>i * <usize>k) << 2), w, step, y + ((<isize>i * yStep + j) << 2), k);
    }
    w += 4 * step;
  }
  for (; j < n; j++) {
    for (let i = 0; i < m; i++) {
      store<f32>(y + ((<isize>i * yStep + j) << 2), oneDot(x + ((<usize>i * <usize>k) << 2), w, k));
    }
    w += step;
  }
}
