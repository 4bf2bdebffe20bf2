import { fromTypedArray } from "../create.js";
import { makeTypedArray, type DType } from "../dtype.js";
import { createGenerator, type Generator } from "../generator.js";
import { sizeOf, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";

/** Makes the n-th operand of a case: the same values for the backend (float32) and the reference (float64). */
export type MakeOperand = (seed: number, shape: Shape, options?: OperandOptions) => Tensor;

/**
 * Which values an operand holds: `positive` ones lie above 0.125, an `index` from `-bound` to below `bound`, an `integer` anywhere
 * in int32; `wide` ones are of any size from 2^-20 to 64; `special` ones are NaN, infinities, zeros of both signs, denormals and small numbers, and `bits` are any float32.
 */
export interface OperandOptions {
  readonly kind?: "real" | "positive" | "wide" | "bool" | "index" | "integer" | "special" | "bits";
  readonly bound?: number;
}

const dtypes: Partial<Record<NonNullable<OperandOptions["kind"]>, DType>> = {
  bool: "bool",
  index: "int32",
  integer: "int32",
  special: "float32",
  bits: "float32",
};

const specials = [NaN, Infinity, -Infinity, 0, -0, 1e-45, -1e-45, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5];

/** Operands of one dtype; masks are bool, indices and integers int32, special values and bits float32 in any case. */
export function operand(dtype: DType): MakeOperand {
  return (seed, shape, { kind = "real", bound = 1 } = {}) => {
    const generator = createGenerator(seed);
    const data = makeTypedArray(dtypes[kind] ?? dtype, sizeOf(shape));
    const draw: () => number = drawers(generator, bound)[kind];
    for (let index = 0; index < data.length; index++) data[index] = draw();
    return fromTypedArray(data, shape);
  };
}

function drawers(generator: Generator, bound: number): Record<NonNullable<OperandOptions["kind"]>, () => number> {
  const real = (): number => Math.fround(generator.normal());
  return {
    real,
    positive: () => Math.abs(real()) + 0.125,
    wide: () => Math.fround((1 - 2 * generator.integer(2)) * (1 + generator.uniform()) * 2 ** (generator.integer(26) - 20)),
    bool: () => Number(real() > 0),
    index: () => generator.integer(2 * bound) - bound,
    // Small ones, too, so that some are equal.
    integer: () => generator.next() >> generator.integer(32),
    special: () => specials[generator.integer(specials.length)] as number,
    bits: () => new Float32Array(Int32Array.of(generator.next()).buffer)[0] as number,
  };
}
