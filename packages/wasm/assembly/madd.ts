/** `a * b + c`: one rounding in the relaxed build where the machine can, two in the plain one. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Four times the same number. */
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}
