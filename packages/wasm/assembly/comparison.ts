import { asBytes } from "./conversion";

@inline
const EQUAL = 0;
@inline
const LESS = 1;
@inline
const LESS_EQUAL = 2;
@inline
const EQUAL_INTEGERS = 3;
@inline
const LESS_INTEGERS = 4;
@inline
const LESS_EQUAL_INTEGERS = 5;

@inline
function compare(operation: i32, a: v128, b: v128): v128 {
  if (operation == EQUAL) return f32x4.eq(a, b);
  if (operation == LESS) return f32x4.lt(a, b);
  if (operation == EQUAL_INTEGERS) return i32x4.eq(a, b);
  if (operation == LESS_INTEGERS) return i32x4.lt_s(a, b);
  if (operation == LESS_EQUAL_INTEGERS) return i32x4.le_s(a, b);
  return f32x4.le(a, b);
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
export function lessIntegers(
  a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32,
): void {
  compareRows(LESS_INTEGERS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function lessEqualIntegers(
  a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32,
): void {
  compareRows(LESS_EQUAL_INTEGERS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
