import { fromTypedArray } from "../create.js";
import { makeTypedArray, type DType } from "../dtype.js";
import { createGenerator, type Generator } from "../generator.js";
import { sizeOf, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";

/** Makes the n-th operand of a case: the same values for the backend (float32) and the reference (float64). */
export type MakeOperand = (seed: number, shape: Shape, options?: OperandOptions) => Tensor;

/** Which values an operand holds: `positive` ones lie above 0.125, an `index` below `bound`, an `integer` anywhere in int32. */
export interface OperandOptions {
  readonly kind?: "real" | "positive" | "bool" | "index" | "integer";
  readonly bound?: number;
}

/** Operands of one dtype; masks are bool, indices and integers int32 in any case. */
export function operand(dtype: DType): MakeOperand {
  return (seed, shape, { kind = "real", bound = 1 } = {}) => {
    const generator = createGenerator(seed);
    const chosen = kind === "bool" ? "bool" : kind === "index" || kind === "integer" ? "int32" : dtype;
    const data = makeTypedArray(chosen, sizeOf(shape));
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
    bool: () => Number(real() > 0),
    index: () => generator.integer(bound),
    // Small ones, too, so that some are equal.
    integer: () => generator.next() >> generator.integer(32),
  };
}
