/** `y[i] = f(x[i])`; pointers in bytes. */
export type UnaryExport = (x: number, y: number, count: number) => void;

/** `y = f(a, b)` over rows; row steps in elements, column steps 0 or 1. */
export type BinaryExport = (
  a: number,
  b: number,
  y: number,
  rows: number,
  columns: number,
  aRow: number,
  aColumn: number,
  bRow: number,
  bColumn: number,
) => void;

/** `[outer, length, inner] -> [outer, inner]` */
export type ReduceExport = (x: number, y: number, outer: number, length: number, inner: number) => void;

/** What the compiled kernels export; see assembly/. */
export interface KernelExports {
  readonly neg: UnaryExport;
  readonly abs: UnaryExport;
  readonly exp: UnaryExport;
  readonly log: UnaryExport;
  readonly sqrt: UnaryExport;
  readonly tanh: UnaryExport;
  readonly sigmoid: UnaryExport;
  readonly relu: UnaryExport;
  readonly add: BinaryExport;
  readonly sub: BinaryExport;
  readonly mul: BinaryExport;
  readonly div: BinaryExport;
  readonly maximum: BinaryExport;
  readonly minimum: BinaryExport;
  readonly sum: ReduceExport;
  readonly maxOf: ReduceExport;
  readonly minOf: ReduceExport;
  softmax(x: number, y: number, rows: number, columns: number): void;
  logSoftmax(x: number, y: number, rows: number, columns: number): void;
  where(...operands: [mask: number, a: number, b: number, y: number, rows: number, columns: number, ...steps: number[]]): void;
  copyRuns(target: number, targetStep: number, source: number, sourceStep: number, bytes: number, count: number): void;
  copyStrided(
    ...block: [target: number, source: number, n0: number, n1: number, n2: number, s0: number, s1: number, s2: number]
  ): void;
  takeRows(x: number, indices: number, y: number, count: number, bytes: number, length: number): number;
  addRows(y: number, indices: number, updates: number, count: number, columns: number, length: number): number;
  packedLength(k: number, n: number): number;
  packRight(b: number, rowStep: number, columnStep: number, target: number, k: number, n: number): void;
  matmulPacked(
    ...product: [
      a: number,
      rowStep: number,
      columnStep: number,
      b: number,
      c: number,
      m: number,
      n: number,
      k: number,
      panels: number,
    ]
  ): void;
  dotRows(x: number, w: number, rowStep: number, y: number, m: number, n: number, k: number): void;
  multiplyAdds(turns: number, factor: number): number;
}
