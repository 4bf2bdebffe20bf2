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

/** The columns `first` to `end` of `[outer, length, inner] -> [outer, inner]`. */
export type ReduceExport = (
  x: number,
  y: number,
  outer: number,
  length: number,
  inner: number,
  first: number,
  end: number,
) => void;

/** Each row by itself. */
export type RowsExport = (x: number, y: number, rows: number, columns: number) => void;

/** Along the axis of `[outer, length, inner]`; from its end where `reverse` is 1. */
export type ScanExport = (x: number, y: number, outer: number, length: number, inner: number, reverse: number) => void;

/** Reads or adds at indices along the axis of `[outer, length, inner]`; returns the first bad place among the indices, or -1. */
export type IndexExport = (
  indexed: number,
  indices: number,
  gathered: number,
  outer: number,
  count: number,
  inner: number,
  length: number,
) => number;

/** Copies a strided block `[n0, n1, n2]` to a contiguous one; steps in elements. */
export type CopyExport = (
  target: number,
  source: number,
  n0: number,
  n1: number,
  n2: number,
  s0: number,
  s1: number,
  s2: number,
) => void;

/** What the compiled kernels export for JavaScript; see assembly/. Programs also import its vectors.ts, functions of four elements. */
export interface KernelExports {
  readonly neg: UnaryExport;
  readonly abs: UnaryExport;
  readonly exp: UnaryExport;
  readonly expm1: UnaryExport;
  readonly log: UnaryExport;
  readonly log1p: UnaryExport;
  readonly sqrt: UnaryExport;
  readonly sin: UnaryExport;
  readonly cos: UnaryExport;
  readonly tanh: UnaryExport;
  readonly sigmoid: UnaryExport;
  readonly relu: UnaryExport;
  readonly sign: UnaryExport;
  readonly negIntegers: UnaryExport;
  readonly absIntegers: UnaryExport;
  readonly reluIntegers: UnaryExport;
  readonly signIntegers: UnaryExport;
  readonly floatOfBool: UnaryExport;
  readonly floatOfInteger: UnaryExport;
  readonly integerOfBool: UnaryExport;
  readonly integerOfFloat: UnaryExport;
  readonly boolOfFloat: UnaryExport;
  readonly boolOfInteger: UnaryExport;
  readonly add: BinaryExport;
  readonly sub: BinaryExport;
  readonly mul: BinaryExport;
  readonly div: BinaryExport;
  readonly pow: BinaryExport;
  readonly maximum: BinaryExport;
  readonly minimum: BinaryExport;
  readonly addIntegers: BinaryExport;
  readonly subIntegers: BinaryExport;
  readonly mulIntegers: BinaryExport;
  readonly maximumIntegers: BinaryExport;
  readonly minimumIntegers: BinaryExport;
  readonly equal: BinaryExport;
  readonly equalIntegers: BinaryExport;
  readonly less: BinaryExport;
  readonly lessIntegers: BinaryExport;
  readonly lessEqual: BinaryExport;
  readonly lessEqualIntegers: BinaryExport;
  readonly sum: ReduceExport;
  readonly sumIntegers: ReduceExport;
  readonly prod: ReduceExport;
  readonly prodIntegers: ReduceExport;
  readonly maxOf: ReduceExport;
  readonly maxOfIntegers: ReduceExport;
  readonly minOf: ReduceExport;
  readonly minOfIntegers: ReduceExport;
  readonly argmax: ReduceExport;
  readonly argmaxIntegers: ReduceExport;
  readonly argmin: ReduceExport;
  readonly argminIntegers: ReduceExport;
  readonly cumsum: ScanExport;
  readonly cumsumIntegers: ScanExport;
  readonly argsort: (x: number, y: number, outer: number, length: number, inner: number, kind: number, scratch: number) => void;
  readonly softmax: RowsExport;
  readonly logSoftmax: RowsExport;
  readonly where: (
    ...operands: [mask: number, a: number, b: number, y: number, rows: number, columns: number, ...steps: number[]]
  ) => void;
  readonly copyRuns: (
    target: number,
    targetStep: number,
    source: number,
    sourceStep: number,
    bytes: number,
    count: number,
  ) => void;
  readonly copyStrided: CopyExport;
  readonly copyStridedBytes: CopyExport;
  /** `inner` in bytes, here and below. */
  readonly takeRows: IndexExport;
  readonly takeAlong: IndexExport;
  /** `inner` in elements, here and below. */
  readonly addRows: IndexExport;
  readonly addRowsIntegers: IndexExport;
  readonly addAlong: IndexExport;
  readonly addAlongIntegers: IndexExport;
  readonly packedLength: (k: number, n: number) => number;
  readonly packRight: (
    b: number,
    rowStep: number,
    columnStep: number,
    target: number,
    k: number,
    n: number,
    first: number,
    end: number,
  ) => void;
  readonly matmulPacked: (
    a: number,
    rowStep: number,
    columnStep: number,
    b: number,
    c: number,
    m: number,
    n: number,
    k: number,
    panels: number,
    first: number,
    end: number,
  ) => void;
  readonly multiplyAdds: (turns: number, factor: number) => number;
}
