import { fromTypedArray } from "../create.js";
import { makeTypedArray, type DType } from "../dtype.js";
import { createGenerator } from "../generator.js";
import { sizeOf, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";

/** Makes the n-th operand of a case: the same values for the backend (float32) and the reference (float64). */
export type MakeOperand = (seed: number, shape: Shape, options?: OperandOptions) => Tensor;

/** Which values an operand holds: `positive` ones lie above 0.125, an `index` below `bound`. */
export interface OperandOptions {
  readonly kind?: "real" | "positive" | "bool" | "index";
  readonly bound?: number;
}

/** Operands of one dtype; masks are bool and indices int32 in any case. */
export function operand(dtype: DType): MakeOperand {
  return (seed, shape, { kind = "real", bound = 1 } = {}) => {
    const generator = createGenerator(seed);
    const chosen = kind === "bool" ? "bool" : kind === "index" ? "int32" : dtype;
    const data = makeTypedArray(chosen, sizeOf(shape));
    for (let index = 0; index < data.length; index++) {
      const drawn = Math.fround(generator.normal());
      data[index] =
        kind === "bool"
          ? Number(drawn > 0)
          : kind === "index"
            ? generator.integer(bound)
            : kind === "positive"
              ? Math.abs(drawn) + 0.125
              : drawn;
    }
    return fromTypedArray(data, shape);
  };
}
