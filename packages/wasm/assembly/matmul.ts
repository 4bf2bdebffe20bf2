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
// Of so many rows, one panel has too few sums to hide the latency of a multiply-add; those of two fit the registers.
@inline
const FEW: i32 = 2;

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
      if (height <= FEW || load<u8>(PAIRED) != 0) {
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
