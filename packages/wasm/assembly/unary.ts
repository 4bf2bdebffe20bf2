import { expm1 as exponentialLessOne } from "./expm1";
import { log1p as logarithmOfOneMore } from "./log1p";
import { splat } from "./madd";
import { exp as exponential, log as logarithm, sigmoid as logistic, tanh as hyperbolicTangent } from "./math";
import { cos as cosine, sin as sine } from "./sine";

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
const EXPM1 = 9;
@inline
const LOG1P = 10;
@inline
const SIN = 11;
@inline
const COS = 12;
@inline
const NEG_INTEGERS = 13;
@inline
const ABS_INTEGERS = 14;
@inline
const SIGN_INTEGERS = 15;
@inline
const RELU_INTEGERS = 16;

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
  if (operation == EXPM1) return exponentialLessOne(x);
  if (operation == LOG1P) return logarithmOfOneMore(x);
  if (operation == SIN) return sine(x);
  if (operation == COS) return cosine(x);
  if (operation == NEG_INTEGERS) return i32x4.neg(x);
  if (operation == ABS_INTEGERS) return i32x4.abs(x);
  // Minus one below zero, one above it.
  if (operation == SIGN_INTEGERS) return i32x4.sub(i32x4.shr_s(x, 31), i32x4.gt_s(x, i32x4.splat(0)));
  if (operation == RELU_INTEGERS) return i32x4.max_s(x, i32x4.splat(0));
  // Nothing where x is not above 0, but NaN, which f32x4.max would take many more instructions for.
  return v128.andnot(x, f32x4.le(x, splat(0)));
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
export function expm1(x: usize, y: usize, count: i32): void { map(EXPM1, x, y, count); }
export function log1p(x: usize, y: usize, count: i32): void { map(LOG1P, x, y, count); }
export function sin(x: usize, y: usize, count: i32): void { map(SIN, x, y, count); }
export function cos(x: usize, y: usize, count: i32): void { map(COS, x, y, count); }
export function negIntegers(x: usize, y: usize, count: i32): void { map(NEG_INTEGERS, x, y, count); }
export function absIntegers(x: usize, y: usize, count: i32): void { map(ABS_INTEGERS, x, y, count); }
export function signIntegers(x: usize, y: usize, count: i32): void { map(SIGN_INTEGERS, x, y, count); }
export function reluIntegers(x: usize, y: usize, count: i32): void { map(RELU_INTEGERS, x, y, count); }
