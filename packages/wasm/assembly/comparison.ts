import { splat } from "./madd";

@inline
const EQUAL = 0;
@inline
const LESS = 1;
@inline
const LESS_EQUAL = 2;
@inline
const EQUAL_INTEGERS = 3;

@inline
function compare(operation: i32, a: v128, b: v128): v128 {
  if (operation == EQUAL) return f32x4.eq(a, b);
  if (operation == LESS) return f32x4.lt(a, b);
  if (operation == EQUAL_INTEGERS) return i32x4.eq(a, b);
  return f32x4.le(a, b);
}

// Sixteen bytes of 0 or 1 from four vectors of all bits or none.
@inline
function asBytes(a: v128, b: v128, c: v128, d: v128): v128 {
  const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
  return v128.and(bytes, i8x16.splat(1));
}

// Rows of bytes; steps as in the element-wise kernels.
@inline
function compareRows(
  operation: i32, a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const a0 = v128.load_splat<f32>(a);
    const b0 = v128.load_splat<f32>(b);
    let i = 0;
    for (; i + 16 <= columns; i += 16) {
      const p = a + (<usize>i << 2);
      const q = b + (<usize>i << 2);
      v128.store(
        y + <usize>i,
        asBytes(
          compare(operation, aColumn != 0 ? v128.load(p) : a0, bColumn != 0 ? v128.load(q) : b0),
          compare(operation, aColumn != 0 ? v128.load(p, 16) : a0, bColumn != 0 ? v128.load(q, 16) : b0),
          compare(operation, aColumn != 0 ? v128.load(p, 32) : a0, bColumn != 0 ? v128.load(q, 32) : b0),
          compare(operation, aColumn != 0 ? v128.load(p, 48) : a0, bColumn != 0 ? v128.load(q, 48) : b0),
        ),
      );
    }
    for (; i < columns; i++) {
      const left = v128.load_splat<f32>(a + (<usize>(i * aColumn) << 2));
      const right = v128.load_splat<f32>(b + (<usize>(i * bColumn) << 2));
      store<u8>(y + <usize>i, i32x4.extract_lane(compare(operation, left, right), 0) & 1);
    }
    a += <isize>aRow << 2;
    b += <isize>bRow << 2;
    y += <usize>columns;
  }
}

export function equal(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  compareRows(EQUAL, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function equalIntegers(
  a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32,
): void {
  compareRows(EQUAL_INTEGERS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function less(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  compareRows(LESS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function lessEqual(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  compareRows(LESS_EQUAL, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}

// Four bytes as whole numbers.
@inline
function fourBytes(x: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(x)));
}

/** bool to float32. */
export function floatOfBool(x: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(y + (<usize>i << 2), f32x4.convert_i32x4_s(fourBytes(x + <usize>i)));
  for (; i < count; i++) store<f32>(y + (<usize>i << 2), <f32>load<u8>(x + <usize>i));
}

/** int32 to float32. */
export function floatOfInt(x: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(y + (<usize>i << 2), f32x4.convert_i32x4_s(v128.load(x + (<usize>i << 2))));
  for (; i < count; i++) store<f32>(y + (<usize>i << 2), <f32>load<i32>(x + (<usize>i << 2)));
}

/** float32 to bool: `x != 0`, which NaN is, too. */
export function boolOfFloat(x: usize, y: usize, count: i32): void {
  const zero = splat(0);
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const at = x + (<usize>i << 2);
    const a = f32x4.ne(v128.load(at), zero);
    const b = f32x4.ne(v128.load(at, 16), zero);
    const c = f32x4.ne(v128.load(at, 32), zero);
    const d = f32x4.ne(v128.load(at, 48), zero);
    v128.store(y + <usize>i, asBytes(a, b, c, d));
  }
  for (; i < count; i++) store<u8>(y + <usize>i, <u8>(load<f32>(x + (<usize>i << 2)) != 0));
}

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
