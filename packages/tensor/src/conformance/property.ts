import type { Tensor } from "../tensor.js";
import type { MakeOperand } from "./operand.js";

/** A family of primitives whose results must agree with the reference whatever the shapes and strides. */
export interface Property {
  readonly title: string;
  /** Hands computations to `agrees`, which throws where two backends differ. */
  readonly check: (agrees: (run: (make: MakeOperand) => Tensor) => void) => void;
}

/** Of each check: the same shapes at each run, so that a failure is a change of the code. */
export const parameters = { numRuns: 80, seed: 1 } as const;
