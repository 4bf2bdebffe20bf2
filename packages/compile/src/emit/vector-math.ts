import type { Lanes, Vectors } from "./lanes.js";

// The operations of the backend's kernels, in their order, so that results are the same bits.

const log2E = 1.4426950408889634;
const ln2 = [0.693359375, -2.1219444e-4] as const;
const series = [1.3821446e-3, 8.368662e-3, 4.1668255e-2, 0.16666521, 0.49999994, 1];
// Adding it rounds to a whole number, which it leaves in the low bits.
const rounding = 12_582_912;

/** e^x */
export function emitExp(l: Lanes, x: Vectors): Vectors {
  const bounded = l.apply("f32x4.pmax", l.apply("f32x4.pmin", x, l.number(89)), l.number(-104));
  const shifted = l.madd(bounded, l.number(log2E), l.number(rounding));
  const n = l.sub(shifted, l.number(rounding));
  const r = l.madd(n, l.number(-ln2[1]), l.madd(n, l.number(-ln2[0]), bounded));
  const p = l.madd(l.polynomial(r, series), r, l.number(1));
  const exponent = l.shift("i32x4.shl", shifted, 23);
  const half = l.and(l.shift("i32x4.shr_s", exponent, 1), l.number(-Infinity));
  const low = l.apply("i32x4.add", half, l.number(1));
  const high = l.apply("i32x4.add", l.apply("i32x4.sub", exponent, half), l.number(1));
  return l.mul(l.mul(p, low), high);
}

/** 1 / (1 + e^-x) */
export function emitSigmoid(l: Lanes, x: Vectors): Vectors {
  const [unit, shift] = [2 ** -40, rounding + 127 - 40];
  const bounded = l.apply("f32x4.pmax", l.apply("f32x4.pmin", x, l.number(18)), l.number(-104));
  const shifted = l.madd(bounded, l.number(-log2E), l.number(shift));
  const n = l.sub(shifted, l.number(shift));
  const r = l.madd(n, l.number(ln2[1]), l.madd(n, l.number(ln2[0]), bounded));
  const scale = l.shift("i32x4.shl", shifted, 23);
  const negative = series.map((coefficient, index) => (index % 2 === 0 ? coefficient : -coefficient));
  const e = l.madd(l.polynomial(r, negative), l.mul(r, scale), scale);
  return l.div(l.number(unit), l.add(l.number(unit), e));
}

/** tanh x */
export function emitTanh(l: Lanes, x: Vectors): Vectors {
  const bound = l.relaxed ? 7.99881172180175781 : 7.90531110763549805;
  const c = l.apply("f32x4.pmax", l.apply("f32x4.pmin", x, l.number(bound)), l.number(-bound));
  const s = l.mul(c, c);
  const p = l.polynomial(
    s,
    [
      -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5,
      6.37261928875436e-4, 4.89352455891786e-3,
    ],
  );
  const q = l.polynomial(s, [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3]);
  return l.mul(c, l.div(p, q));
}

/** Natural logarithm. */
export function emitLog(l: Lanes, x: Vectors): Vectors {
  const tiny = l.apply("f32x4.lt", x, l.number(1.17549435e-38));
  const scaled = l.select(l.mul(x, l.number(8_388_608)), x, tiny);
  const exponent = l.apply("f32x4.convert_i32x4_s", l.apply("i32x4.sub", l.shift("i32x4.shr_u", scaled, 23), l.integer(126)));
  const lifted = l.sub(exponent, l.and(tiny, l.number(23)));
  const mantissa = l.apply("v128.or", l.and(scaled, l.integer(0x007fffff)), l.integer(0x3f000000));
  const low = l.apply("f32x4.lt", mantissa, l.number(0.7071067811865476));
  const e = l.sub(lifted, l.and(low, l.number(1)));
  const m = l.sub(l.add(mantissa, l.and(low, mantissa)), l.number(1));
  const s = l.mul(m, m);
  const p = l.polynomial(
    m,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1,
      -2.4999993993e-1, 3.3333331174e-1,
    ],
  );
  const first = l.madd(e, l.number(-2.1219444e-4), l.mul(l.mul(p, m), s));
  const second = l.madd(s, l.number(-0.5), first);
  const y = l.madd(e, l.number(0.693359375), l.add(m, second));
  const atZero = l.select(l.number(-Infinity), y, l.apply("f32x4.eq", x, l.number(0)));
  const atInfinity = l.select(x, atZero, l.apply("f32x4.eq", x, l.number(Infinity)));
  const below = l.select(l.number(NaN), atInfinity, l.apply("f32x4.lt", x, l.number(0)));
  return l.select(x, below, l.apply("f32x4.ne", x, x));
}
