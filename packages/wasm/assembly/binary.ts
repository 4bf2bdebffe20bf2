import { pow as power } from "./pow";

// An operation is a constant below; the loops are inlined per operation, so that the choice is made by the compiler.
@inline
const ADD = 0;
@inline
const SUB = 1;
@inline
const MUL = 2;
@inline
const DIV = 3;
@inline
const MAXIMUM = 4;
@inline
const MINIMUM = 5;
@inline
const POW = 6;
@inline
const ADD_INTEGERS = 7;
@inline
const SUB_INTEGERS = 8;
@inline
const MUL_INTEGERS = 9;
@inline
const MAXIMUM_INTEGERS = 10;
@inline
const MINIMUM_INTEGERS = 11;

@inline
function binary(operation: i32, a: v128, b: v128): v128 {
  if (operation == ADD) return f32x4.add(a, b);
  if (operation == SUB) return f32x4.sub(a, b);
  if (operation == MUL) return f32x4.mul(a, b);
  if (operation == DIV) return f32x4.div(a, b);
  if (operation == MAXIMUM) return f32x4.max(a, b);
  if (operation == POW) return power(a, b);
  if (operation == ADD_INTEGERS) return i32x4.add(a, b);
  if (operation == SUB_INTEGERS) return i32x4.sub(a, b);
  if (operation == MUL_INTEGERS) return i32x4.mul(a, b);
  if (operation == MAXIMUM_INTEGERS) return i32x4.max_s(a, b);
  if (operation == MINIMUM_INTEGERS) return i32x4.min_s(a, b);
  return f32x4.min(a, b);
}

// Rows of columns. Each operand steps by its row stride (in elements) from row to row and by 0 or 1 within a row.
@inline
function mapRows(
  operation: i32, a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32,
): void {
  for (let row = 0; row < rows; row++) {
    if (aColumn != 0 && bColumn != 0) {
      let i = 0;
      for (; i + 8 <= columns; i += 8) {
        const at = <usize>i << 2;
        v128.store(y + at, binary(operation, v128.load(a + at), v128.load(b + at)));
        v128.store(y + at, binary(operation, v128.load(a + at, 16), v128.load(b + at, 16)), 16);
      }
      for (; i + 4 <= columns; i += 4) {
        const at = <usize>i << 2;
        v128.store(y + at, binary(operation, v128.load(a + at), v128.load(b + at)));
      }
      for (; i < columns; i++) {
        const at = <usize>i << 2;
        v128.store_lane<f32>(y + at, binary(operation, v128.load_splat<f32>(a + at), v128.load_splat<f32>(b + at)), 0);
      }
    } else if (aColumn != 0) {
      const fixed = v128.load_splat<f32>(b);
      let i = 0;
      for (; i + 4 <= columns; i += 4) {
        const at = <usize>i << 2;
        v128.store(y + at, binary(operation, v128.load(a + at), fixed));
      }
      for (; i < columns; i++) {
        const at = <usize>i << 2;
        v128.store_lane<f32>(y + at, binary(operation, v128.load_splat<f32>(a + at), fixed), 0);
      }
    } else {
      const fixed = v128.load_splat<f32>(a);
      const step = <usize>bColumn << 2;
      let i = 0;
      if (bColumn != 0) {
        for (; i + 4 <= columns; i += 4) {
          const at = <usize>i << 2;
          v128.store(y + at, binary(operation, fixed, v128.load(b + at)));
        }
      }
      for (; i < columns; i++) {
        const at = <usize>i << 2;
        v128.store_lane<f32>(y + at, binary(operation, fixed, v128.load_splat<f32>(b + <usize>i * step)), 0);
      }
    }
    a += <isize>aRow << 2;
    b += <isize>bRow << 2;
    y += <usize>columns << 2;
  }
}

export function add(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(ADD, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function sub(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(SUB, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function mul(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(MUL, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function div(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(DIV, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function maximum(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(MAXIMUM, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function minimum(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(MINIMUM, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function pow(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(POW, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function addIntegers(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(ADD_INTEGERS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function subIntegers(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(SUB_INTEGERS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function mulIntegers(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(MUL_INTEGERS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function maximumIntegers(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(MAXIMUM_INTEGERS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
export function minimumIntegers(a: usize, b: usize, y: usize, rows: i32, columns: i32, aRow: i32, aColumn: i32, bRow: i32, bColumn: i32): void {
  mapRows(MINIMUM_INTEGERS, a, b, y, rows, columns, aRow, aColumn, bRow, bColumn);
}
