import { splat } from "./madd";
import { highWide, lowWide, wideAt } from "./wide";

/** Sixteen bytes of 0 or 1 from four vectors of all bits or none. */
@inline
export function asBytes(a: v128, b: v128, c: v128, d: v128): v128 {
  const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
  return v128.and(bytes, i8x16.splat(1));
}

/** Four bytes as whole numbers. */
@inline
export function fourBytes(x: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(x)));
}

/** bool to float32. */
export function floatOfBool(x: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(y + (<usize>i << 2), f32x4.convert_i32x4_s(fourBytes(x + <usize>i)));
  for (; i < count; i++) store<f32>(y + (<usize>i << 2), <f32>load<u8>(x + <usize>i));
}

/** bool to int32. */
export function integerOfBool(x: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(y + (<usize>i << 2), fourBytes(x + <usize>i));
  for (; i < count; i++) store<i32>(y + (<usize>i << 2), load<u8>(x + <usize>i));
}

/** int32 to float32. */
export function floatOfInteger(x: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(y + (<usize>i << 2), f32x4.convert_i32x4_s(v128.load(x + (<usize>i << 2))));
  for (; i < count; i++) store<f32>(y + (<usize>i << 2), <f32>load<i32>(x + (<usize>i << 2)));
}

// 2^-32 and 2^32.
const WRAP: usize = memory.data<f64>([2.3283064365386963e-10, 4294967296]);

// Whole numbers modulo 2^32, in the first two lanes; NaN and the infinities, less themselves, give 0.
@inline
function wrapped(x: v128): v128 {
  const whole = f64x2.trunc(x);
  const turns = f64x2.floor(f64x2.mul(whole, wideAt(WRAP, 0)));
  return i32x4.trunc_sat_f64x2_u_zero(f64x2.sub(whole, f64x2.mul(turns, wideAt(WRAP, 1))));
}

/** float32 to int32 by JavaScript's rule: truncated, modulo 2^32; NaN and the infinities give 0. */
export function integerOfFloat(x: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const value = v128.load(x + at);
    v128.store(y + at, i64x2.shuffle(wrapped(lowWide(value)), wrapped(highWide(value)), 0, 2));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    v128.store_lane<i32>(y + at, wrapped(lowWide(v128.load_splat<f32>(x + at))), 0);
  }
}

@inline
function notZero(integers: bool, x: v128): v128 {
  return integers ? i32x4.ne(x, i32x4.splat(0)) : f32x4.ne(x, splat(0));
}

@inline
function toBool(integers: bool, x: usize, y: usize, count: i32): void {
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const at = x + (<usize>i << 2);
    const a = notZero(integers, v128.load(at));
    const b = notZero(integers, v128.load(at, 16));
    const c = notZero(integers, v128.load(at, 32));
    const d = notZero(integers, v128.load(at, 48));
    v128.store(y + <usize>i, asBytes(a, b, c, d));
  }
  for (; i < count; i++) {
    store<u8>(y + <usize>i, i32x4.extract_lane(notZero(integers, v128.load_splat<f32>(x + (<usize>i << 2))), 0) & 1);
  }
}

/** float32 to bool: `x != 0`, which NaN is, too. */
export function boolOfFloat(x: usize, y: usize, count: i32): void { toBool(false, x, y, count); }
/** int32 to bool. */
export function boolOfInteger(x: usize, y: usize, count: i32): void { toBool(true, x, y, count); }
