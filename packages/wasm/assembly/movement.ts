import { transpose4 } from "./pack";

/** Copies `count` runs of `bytes` bytes, each source and target run a fixed number of bytes after the one before. */
export function copyRuns(target: usize, targetStep: i32, source: usize, sourceStep: i32, bytes: i32, count: i32): void {
  for (let run = 0; run < count; run++) {
    memory.copy(target, source, <usize>bytes);
    target += <isize>targetStep;
    source += <isize>sourceStep;
  }
}

// `[n1, n2]` from columns that lie `step` bytes apart, in tiles of 4 x 4.
@inline
function copyTransposed(target: usize, source: usize, n1: i32, n2: i32, step: isize): void {
  const width = <usize>n2 << 2;
  let rows = 4;
  for (let j = 0; j < n1; j += rows) {
    if (j + 4 > n1) rows = 1;
    let k = 0;
    if (rows == 4) {
      for (; k + 4 <= n2; k += 4) transpose4(source + k * step, step, target + (<usize>k << 2), width);
    }
    for (; k < n2; k++) {
      for (let q: usize = 0; q < <usize>rows; q++) {
        store<i32>(target + q * width + (<usize>k << 2), load<i32>(source + k * step + (q << 2)));
      }
    }
    source += <usize>rows << 2;
    target += <usize>rows * width;
  }
}

/** Copies a strided block `[n0, n1, n2]` of 4-byte elements to a contiguous one; strides in elements. */
export function copyStrided(target: usize, source: usize, n0: i32, n1: i32, n2: i32, s0: i32, s1: i32, s2: i32): void {
  const step = (<isize>s2) << 2;
  for (let i = 0; i < n0; i++) {
    let row = source;
    if (s1 == 1 && s2 != 1) {
      copyTransposed(target, source, n1, n2, step);
      target += <usize>(n1 * n2) << 2;
      source += (<isize>s0) << 2;
      continue;
    }
    for (let j = 0; j < n1; j++) {
      let at = row;
      if (s2 == 1) {
        memory.copy(target, row, (<usize>n2) << 2);
        target += (<usize>n2) << 2;
      } else {
        for (let k = 0; k < n2; k++) {
          store<i32>(target, load<i32>(at));
          target += 4;
          at += step;
        }
      }
      row += (<isize>s1) << 2;
    }
    source += (<isize>s0) << 2;
  }
}

/** The same for elements of one byte. */
export function copyStridedBytes(target: usize, source: usize, n0: i32, n1: i32, n2: i32, s0: i32, s1: i32, s2: i32): void {
  for (let i = 0; i < n0; i++) {
    let row = source;
    for (let j = 0; j < n1; j++) {
      if (s2 == 1) {
        memory.copy(target, row, <usize>n2);
      } else {
        for (let k = 0; k < n2; k++) store<u8>(target + <usize>k, load<u8>(row + <isize>k * s2));
      }
      target += <usize>n2;
      row += <isize>s1;
    }
    source += <isize>s0;
  }
}
