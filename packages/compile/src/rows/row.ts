import type { Leaf, Node } from "../trace/graph.js";

/** Operations on elements, in the names of the primitives; `truth` compares with 0, `copy` does nothing. */
export type ElementOperation =
  | ("neg" | "abs" | "sign" | "exp" | "expm1" | "log" | "log1p" | "sqrt" | "sin" | "cos" | "tanh" | "sigmoid" | "relu")
  | ("add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum" | "equal" | "less" | "lessEqual")
  | ("where" | "copy" | "truth" | "number");

/** Operations on whole rows that the backend has kernels for. */
export type RowKernelName = "sum" | "max" | "min" | "softmax" | "logSoftmax";

/** Operations that take many times as long as an addition. */
export const costly: ReadonlySet<ElementOperation> = new Set([
  ...(["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "sigmoid", "div", "pow"] as const),
]);

interface Base {
  readonly id: number;
  readonly width: number;
}

/** A value that enters the step. */
export interface LeafRow extends Base {
  readonly kind: "leaf";
  readonly leaf: Leaf;
}

/** An operation element by element. Arguments are as wide as it is, or 1 wide. */
export interface ElementRow extends Base {
  readonly kind: "element";
  readonly operation: ElementOperation;
  readonly args: readonly Argument[];
  /** Whether its elements are true or false. */
  readonly truth: boolean;
}

/** `left [batch, k]` times a weight `[k, width]`. */
export interface ProductRow extends Base {
  readonly kind: "product";
  readonly left: Row;
  readonly right: Matrix;
}

/** A reduction to one element, or a softmax, of each row. */
export interface KernelRow extends Base {
  readonly kind: "kernel";
  readonly name: RowKernelName;
  readonly of: Row;
}

/** Some columns of a value that is in memory. */
export interface SliceRow extends Base {
  readonly kind: "slice";
  readonly of: LeafRow | KernelRow;
  readonly offset: number;
}

/** Values side by side. */
export interface ConcatRow extends Base {
  readonly kind: "concat";
  readonly parts: readonly Row[];
}

/** A value `[batch, width]` of the step. */
export type Row = LeafRow | ElementRow | ProductRow | KernelRow | SliceRow | ConcatRow;

/** Columns of a value without a batch axis. */
export interface Vector {
  readonly kind: "vector";
  readonly node: Node;
  readonly offset: number;
  readonly width: number;
}

/** The same number everywhere. */
export interface Literal {
  readonly kind: "literal";
  readonly value: number;
}

/** What an element-wise operation reads. */
export type Argument = Row | Vector | Literal;

/** Part of a matrix without a batch axis. */
export interface Matrix {
  readonly node: Node;
  readonly firstRow: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
}

/** A sum over the batch and all steps. */
export type Reduction =
  /** `a^T b`: `[width of a, width of b]` */
  | { readonly kind: "outer"; readonly a: Row; readonly b: Row }
  /** The sum of each column. */
  | { readonly kind: "columns"; readonly of: Row };

/** The values a row is computed from directly. */
export function sourcesOf(row: Row): readonly Row[] {
  switch (row.kind) {
    case "leaf":
      return [];
    case "element":
      return row.args.filter((arg): arg is Row => arg.kind !== "vector" && arg.kind !== "literal");
    case "product":
      return [row.left];
    case "kernel":
    case "slice":
      return [row.of];
    case "concat":
      return row.parts;
  }
}

/** Every row that `roots` are computed from, sources first; the walk does not go beyond rows for which `stop` holds. */
export function reach(roots: readonly Row[], stop: (row: Row) => boolean): Row[] {
  const found = new Set<Row>();
  const visit = (row: Row): void => {
    if (found.has(row)) return;
    if (!stop(row)) sourcesOf(row).forEach(visit);
    found.add(row);
  };
  roots.forEach(visit);
  return [...found];
}
