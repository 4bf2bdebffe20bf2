import type { DType } from "./dtype.js";

/** Which dtype holds both: the later of bool, int32, float32, float64. */
const promotion = {
  bool: { bool: "bool", int32: "int32", float32: "float32", float64: "float64" },
  int32: { bool: "int32", int32: "int32", float32: "float32", float64: "float64" },
  float32: { bool: "float32", int32: "float32", float32: "float32", float64: "float64" },
  float64: { bool: "float64", int32: "float64", float32: "float64", float64: "float64" },
} as const;

/** The dtype that holds two others: of `maximum`, `where`, `concat`, `matmul`. */
export type Promote<A extends DType, B extends DType> = (typeof promotion)[A][B];

/** Of sums, differences and products, in which bools count as int32. */
export type Arithmetic<A extends DType, B extends DType> = Promote<Promote<A, B>, "int32">;

/** Of quotients, powers and means, which integers leave for float32. */
export type Quotient<A extends DType, B extends DType> = Promote<Promote<A, B>, "float32">;

interface NumberBesides {
  readonly bool: "int32" | "float32";
  readonly int32: "int32" | "float32";
  readonly float32: "float32";
  readonly float64: "float64";
}

/** What a number becomes beside a tensor: its dtype, or where that is no float, int32 if the number is one, else float32. */
export type NumberBeside<D extends DType> = NumberBesides[D];

/** The dtype that holds both operands: the later of bool, int32, float32, float64. */
export function promote<A extends DType, B extends DType>(a: A, b: B): Promote<A, B> {
  return promotion[a][b];
}
