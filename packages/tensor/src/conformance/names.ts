import type { KernelName } from "../primitives/table.js";

/** The primitives of one float operand, element by element. */
export const unaryNames = "neg abs sign exp expm1 log log1p sqrt sin cos tanh sigmoid relu copy".split(" ") as KernelName[];

/** The primitives of two operands, element by element. */
export const binaryNames = "add sub mul div pow maximum minimum equal less lessEqual".split(" ") as KernelName[];
