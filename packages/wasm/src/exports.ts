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
  readonly sign: UnaryExport;
  readonly floatOfBool: UnaryExport;
  readonly floatOfInt: UnaryExport;
  readonly boolOfFloat: UnaryExport;
  readonly add: BinaryExport;
  readonly sub: BinaryExport;
  readonly mul: BinaryExport;
  readonly div: BinaryExport;
  readonly maximum: BinaryExport;
  readonly minimum: BinaryExport;
  readonly equal: BinaryExport;
  readonly equalIntegers: BinaryExport;
  readonly less: BinaryExport;
  readonly lessEqual: BinaryExport;
  readonly sum: ReduceExport;
  readonly maxOf: ReduceExport;
  readonly minOf: ReduceExport;
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
  readonly copyStrided: (
    target: number,
    source: number,
    n0: number,
    n1: number,
    n2: number,
    s0: number,
    s1: number,
    s2: number,
  ) => void;
  readonly takeRows: (x: number, indices: number, y: number, count: number, bytes: number, length: number) => number;
  readonly addRows: (y: number, indices: number, updates: number, count: number, columns: number, length: number) => number;
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
  readonly dotRows: (x: number, w: number, rowStep: number, y: number, yStep: number, m: number, n: number, k: number) => void;
  readonly multiplyAdds: (turns: number, factor: number) => number;
}
