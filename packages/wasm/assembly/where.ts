import { fourBytes } from "./conversion";

/** `mask ? a : b` over rows; steps as in the element-wise kernels, the mask in bytes and with any step. */
export function where(
  mask: usize,
  a: usize,
  b: usize,
  y: usize,
  rows: i32,
  columns: i32,
  maskRow: i32,
  maskColumn: i32,
  aRow: i32,
  aColumn: i32,
  bRow: i32,
  bColumn: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let i = 0;
    if (maskColumn == 0 || maskColumn == 1) {
      const zero = i32x4.splat(0);
      const mask0 = i32x4.ne(i32x4.splat(load<u8>(mask)), zero);
      const a0 = v128.load_splat<f32>(a);
      const b0 = v128.load_splat<f32>(b);
      for (; i + 4 <= columns; i += 4) {
        const at = <usize>i << 2;
        const chosen = maskColumn != 0 ? i32x4.ne(fourBytes(mask + <usize>i), zero) : mask0;
        const left = aColumn != 0 ? v128.load(a + at) : a0;
        const right = bColumn != 0 ? v128.load(b + at) : b0;
        v128.store(y + at, v128.bitselect(left, right, chosen));
      }
    }
    for (; i < columns; i++) {
      const from =
        load<u8>(mask + <usize>(i * maskColumn)) != 0 ? a + ((<usize>(i * aColumn)) << 2) : b + ((<usize>(i * bColumn)) << 2);
      store<f32>(y + ((<usize>i) << 2), load<f32>(from));
    }
    mask += <isize>maskRow;
    a += (<isize>aRow) << 2;
    b += (<isize>bRow) << 2;
    y += (<usize>columns) << 2;
  }
}
