import type { Frame } from "./frame.js";
import type { FunctionBody } from "./wasm-writer.js";

/** How vectors of four are computed with. */
export interface VectorMath {
  readonly body: FunctionBody;
  /** Holds the constants; its address is the first parameter. */
  readonly frame: Frame;
  /** Whether multiply-adds are fused. */
  readonly relaxed: boolean;
}

type Local = number;

// Instructions on locals, so that the polynomials below read as formulas. Each result is a new local.
class Lanes {
  readonly #math: VectorMath;

  constructor(math: VectorMath) {
    this.#math = math;
  }

  keep(): Local {
    return this.#math.body.keep("v128");
  }

  number(value: number): Local {
    const { body, frame } = this.#math;
    body.get(0).memory("v128.load32_splat", frame.constant(value));
    return this.keep();
  }

  integer(value: number): Local {
    const { body, frame } = this.#math;
    body.get(0).memory("v128.load32_splat", frame.constantBits(value));
    return this.keep();
  }

  one(name: Parameters<FunctionBody["op"]>[0], x: Local): Local {
    this.#math.body.get(x).op(name);
    return this.keep();
  }

  two(name: Parameters<FunctionBody["op"]>[0], a: Local, b: Local): Local {
    this.#math.body.get(a).get(b).op(name);
    return this.keep();
  }

  add = (a: Local, b: Local): Local => this.two("f32x4.add", a, b);
  sub = (a: Local, b: Local): Local => this.two("f32x4.sub", a, b);
  mul = (a: Local, b: Local): Local => this.two("f32x4.mul", a, b);
  div = (a: Local, b: Local): Local => this.two("f32x4.div", a, b);

  // a * b + c
  madd(a: Local, b: Local, c: Local): Local {
    const { body, relaxed } = this.#math;
    body.get(a).get(b);
    if (relaxed) body.get(c).op("f32x4.relaxed_madd");
    else body.op("f32x4.mul").get(c).op("f32x4.add");
    return this.keep();
  }

  // c_0 x^n + c_1 x^(n-1) + …, from the first coefficient
  polynomial(x: Local, [first = 0, ...rest]: readonly number[]): Local {
    return rest.reduce((sum, coefficient) => this.madd(sum, x, this.number(coefficient)), this.number(first));
  }

  shift(name: "i32x4.shl" | "i32x4.shr_s" | "i32x4.shr_u", x: Local, bits: number): Local {
    this.#math.body.get(x).integer(bits).op(name);
    return this.keep();
  }

  // Lanes of `a` where `mask` is set, else of `b`.
  select(a: Local, b: Local, mask: Local): Local {
    this.#math.body.get(a).get(b).get(mask).op("v128.bitselect");
    return this.keep();
  }
}

// The operations of the backend's kernels, in their order, so that results are the same bits.

const log2E = 1.4426950408889634;
const ln2 = [0.693359375, -2.1219444e-4] as const;
const series = [1.3821446e-3, 8.368662e-3, 4.1668255e-2, 0.16666521, 0.49999994, 1];
// Adding it rounds to a whole number, which it leaves in the low bits.
const rounding = 12_582_912;

/** e^x; the local that holds it. */
export function emitExp(math: VectorMath, x: Local): Local {
  const l = new Lanes(math);
  const bounded = l.two("f32x4.pmax", l.two("f32x4.pmin", x, l.number(89)), l.number(-104));
  const shifted = l.madd(bounded, l.number(log2E), l.number(rounding));
  const n = l.sub(shifted, l.number(rounding));
  const r = l.madd(n, l.number(-ln2[1]), l.madd(n, l.number(-ln2[0]), bounded));
  const p = l.madd(l.polynomial(r, series), r, l.number(1));
  const exponent = l.shift("i32x4.shl", shifted, 23);
  const half = l.two("v128.and", l.shift("i32x4.shr_s", exponent, 1), l.number(-Infinity));
  const low = l.two("i32x4.add", half, l.number(1));
  const high = l.two("i32x4.add", l.two("i32x4.sub", exponent, half), l.number(1));
  return l.mul(l.mul(p, low), high);
}

/** 1 / (1 + e^-x) */
export function emitSigmoid(math: VectorMath, x: Local): Local {
  const l = new Lanes(math);
  const [unit, shift] = [2 ** -40, rounding + 127 - 40];
  const bounded = l.two("f32x4.pmax", l.two("f32x4.pmin", x, l.number(18)), l.number(-104));
  const shifted = l.madd(bounded, l.number(-log2E), l.number(shift));
  const n = l.sub(shifted, l.number(shift));
  const r = l.madd(n, l.number(ln2[1]), l.madd(n, l.number(ln2[0]), bounded));
  const scale = l.shift("i32x4.shl", shifted, 23);
  const negative = series.map((coefficient, index) => (index % 2 === 0 ? coefficient : -coefficient));
  const e = l.madd(l.polynomial(r, negative), l.mul(r, scale), scale);
  return l.div(l.number(unit), l.add(l.number(unit), e));
}

/** tanh x */
export function emitTanh(math: VectorMath, x: Local): Local {
  const l = new Lanes(math);
  const bound = math.relaxed ? 7.99881172180175781 : 7.90531110763549805;
  const c = l.two("f32x4.pmax", l.two("f32x4.pmin", x, l.number(bound)), l.number(-bound));
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
export function emitLog(math: VectorMath, x: Local): Local {
  const l = new Lanes(math);
  const tiny = l.two("f32x4.lt", x, l.number(1.17549435e-38));
  const scaled = l.select(l.mul(x, l.number(8_388_608)), x, tiny);
  const exponent = l.one("f32x4.convert_i32x4_s", l.two("i32x4.sub", l.shift("i32x4.shr_u", scaled, 23), l.integer(126)));
  const lifted = l.sub(exponent, l.two("v128.and", tiny, l.number(23)));
  const mantissa = l.two("v128.or", l.two("v128.and", scaled, l.integer(0x007fffff)), l.integer(0x3f000000));
  const low = l.two("f32x4.lt", mantissa, l.number(0.7071067811865476));
  const e = l.sub(lifted, l.two("v128.and", low, l.number(1)));
  const m = l.sub(l.add(mantissa, l.two("v128.and", low, mantissa)), l.number(1));
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
  const atZero = l.select(l.number(-Infinity), y, l.two("f32x4.eq", x, l.number(0)));
  const atInfinity = l.select(x, atZero, l.two("f32x4.eq", x, l.number(Infinity)));
  const below = l.select(l.number(NaN), atInfinity, l.two("f32x4.lt", x, l.number(0)));
  return l.select(x, below, l.two("f32x4.ne", x, x));
}
