import { exp as exponential, log as logarithm, sigmoid as logistic, tanh as hyperbolicTangent } from "./math";
import { splat } from "./madd";

// An operation is a constant below; the loops are inlined per operation, so that the choice is made by the compiler.
@inline
const NEG = 0;
@inline
const ABS = 1;
@inline
const EXP = 2;
@inline
const LOG = 3;
@inline
const SQRT = 4;
@inline
const TANH = 5;
@inline
const SIGMOID = 6;
@inline
const RELU = 7;
@inline
const SIGN = 8;
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
function unary(operation: i32, x: v128): v128 {
  if (operation == NEG) return f32x4.neg(x);
  if (operation == ABS) return f32x4.abs(x);
  if (operation == EXP) return exponential(x);
  if (operation == LOG) return logarithm(x);
  if (operation == SQRT) return f32x4.sqrt(x);
  if (operation == TANH) return hyperbolicTangent(x);
  if (operation == SIGMOID) return logistic(x);
  // Ones with the sign of x, but x itself where it is 0 or NaN.
  if (operation == SIGN) return v128.bitselect(v128.bitselect(x, splat(1), i32x4.splat(0x80000000)), x, f32x4.gt(f32x4.abs(x), splat(0)));
  return f32x4.max(x, splat(0));
}

// The last one to three elements.
function loadSome(x: usize, count: i32): v128 {
  let some = v128.load_splat<f32>(x);
  if (count > 1) some = v128.load_lane<f32>(x, some, 1, 4);
  if (count > 2) some = v128.load_lane<f32>(x, some, 2, 8);
  return some;
}

function storeSome(y: usize, some: v128, count: i32): void {
  v128.store_lane<f32>(y, some, 0);
  if (count > 1) v128.store_lane<f32>(y, some, 1, 4);
  if (count > 2) v128.store_lane<f32>(y, some, 2, 8);
}

@inline
function map(operation: i32, x: usize, y: usize, count: i32): void {
  for (; count >= 8; count -= 8) {
    // Both results before the first store, so that constants are loaded once for both.
    const low = unary(operation, v128.load(x));
    const high = unary(operation, v128.load(x, 16));
    v128.store(y, low);
    v128.store(y, high, 16);
    x += 32;
    y += 32;
  }
  for (; count > 0; count -= 4) {
    const result = unary(operation, count < 4 ? loadSome(x, count) : v128.load(x));
    if (count < 4) storeSome(y, result, count);
    else v128.store(y, result);
    x += 16;
    y += 16;
  }
}

export function neg(x: usize, y: usize, count: i32): void { map(NEG, x, y, count); }
export function abs(x: usize, y: usize, count: i32): void { map(ABS, x, y, count); }
export function exp(x: usize, y: usize, count: i32): void { map(EXP, x, y, count); }
export function log(x: usize, y: usize, count: i32): void { map(LOG, x, y, count); }
export function sqrt(x: usize, y: usize, count: i32): void { map(SQRT, x, y, count); }
export function tanh(x: usize, y: usize, count: i32): void { map(TANH, x, y, count); }
export function sigmoid(x: usize, y: usize, count: i32): void { map(SIGMOID, x, y, count); }
export function sign(x: usize, y: usize, count: i32): void { map(SIGN, x, y, count); }
export function relu(x: usize, y: usize, count: i32): void { map(RELU, x, y, count); }

@inline
function binary(operation: i32, a: v128, b: v128): v128 {
  if (operation == ADD) return f32x4.add(a, b);
  if (operation == SUB) return f32x4.sub(a, b);
  if (operation == MUL) return f32x4.mul(a, b);
  if (operation == DIV) return f32x4.div(a, b);
  if (operation == MAXIMUM) return f32x4.max(a, b);
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
