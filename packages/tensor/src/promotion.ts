import type { DType } from "./dtype.js";

// A dtype holds those before it.
const ranks: Readonly<Record<DType, number>> = { bool: 0, int32: 1, float32: 2, float64: 3 };

interface Promotion {
  readonly bool: { readonly bool: "bool"; readonly int32: "int32"; readonly float32: "float32"; readonly float64: "float64" };
  readonly int32: { readonly bool: "int32"; readonly int32: "int32"; readonly float32: "float32"; readonly float64: "float64" };
  readonly float32: { readonly [D in Exclude<DType, "float64">]: "float32" } & { readonly float64: "float64" };
  readonly float64: { readonly [D in DType]: "float64" };
}

/** The dtype that holds two others: of `maximum`, `where`, `concat`, `matmul`. */
export type Promote<A extends DType, B extends DType> = Promotion[A][B];

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
  return (ranks[a] < ranks[b] ? b : a) as Promote<A, B>;
}
