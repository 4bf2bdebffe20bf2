import type { BinaryExport, KernelExports, ReduceExport, RowsExport, UnaryExport } from "../exports.js";
import { panelBytes } from "../kernels/panels.js";
import { ranges, type Range } from "./ranges.js";
import type { Team, TeamCall } from "./team.js";

/** What a thread must get of a call, so that sharing it pays. */
export interface LeastWork {
  /** Multiply-adds of a product. */
  readonly multiplyAdds: number;
  /** Elements read or written; for a function such as exp each counts eight times. */
  readonly elements: number;
}

/** Measured: about ten microseconds; handing over takes two, and forty where a worker on a busy machine has to be woken. */
export const measuredLeastWork: LeastWork = { multiplyAdds: 250_000, elements: 65_536 };

const functionWeight = 8;
// A product of one row waits for its matrix about as long as two rows take.
const fewestRows = 2;
const cacheLine = 16;

type NamesOf<E> = {
  [N in keyof KernelExports]: KernelExports[N] extends E ? (E extends KernelExports[N] ? N : never) : never;
}[keyof KernelExports];

/**
 * The kernels, their work shared by a team. Each element of a result comes from the same operations as on one thread, so its bits do not
 * depend on the number of threads.
 */
export function threadedKernels(own: KernelExports, team: Team, least: LeastWork): KernelExports {
  const names = Object.keys(own);
  const callOf = (name: keyof KernelExports): TeamCall => ({
    name,
    program: 0,
    entry: names.indexOf(name),
    own: own[name],
  });
  // Threads worth waking for so much work.
  const threadsFor = (work: number, leastOfThread: number): number =>
    Math.max(1, Math.min(team.size, Math.floor(work / leastOfThread)));

  const unary = (name: NamesOf<UnaryExport>, weight = 1): UnaryExport => {
    const call = callOf(name);
    const alone = own[name];
    return (x, y, count) => {
      const threads = threadsFor(count * weight, least.elements);
      if (threads === 1) return alone(x, y, count);
      const partOf = ([first, end]: Range): number[] => [x + first * 4, y + first * 4, end - first];
      team.run(call, ranges(count, threads, cacheLine).map(partOf));
    };
  };

  const binary = (name: NamesOf<BinaryExport>, weight = 1): BinaryExport => {
    const call = callOf(name);
    const alone = own[name];
    return (a, b, y, rows, columns, ...steps) => {
      const threads = threadsFor(rows * columns * weight, least.elements);
      if (threads === 1) return alone(a, b, y, rows, columns, ...steps);
      const [aRow, aColumn, bRow, bColumn] = steps;
      const partOfRow = ([first, end]: Range): number[] => [
        ...[a + first * aColumn * 4, b + first * bColumn * 4, y + first * 4, 1, end - first],
        ...steps,
      ];
      const partOfRows = ([first, end]: Range): number[] => [
        ...[a + first * aRow * 4, b + first * bRow * 4, y + first * columns * 4, end - first, columns],
        ...steps,
      ];
      if (rows === 1) team.run(call, ranges(columns, threads, cacheLine).map(partOfRow));
      else team.run(call, ranges(rows, threads, 1).map(partOfRows));
    };
  };

  const reduce = (name: NamesOf<ReduceExport>): ReduceExport => {
    const call = callOf(name);
    const alone = own[name];
    return (x, y, outer, length, inner, from, to) => {
      const threads = threadsFor(outer * length * inner, least.elements);
      if (threads === 1) return alone(x, y, outer, length, inner, from, to);
      const partOfColumns = ([first, end]: Range): number[] => [x, y, outer, length, inner, first, end];
      const partOfRows = ([first, end]: Range): number[] => [
        ...[x + first * length * inner * 4, y + first * inner * 4, end - first],
        ...[length, inner, from, to],
      ];
      if (outer < threads) team.run(call, ranges(inner, threads, cacheLine).map(partOfColumns));
      else team.run(call, ranges(outer, threads, 1).map(partOfRows));
    };
  };

  const rowByRow = (name: NamesOf<RowsExport>): RowsExport => {
    const call = callOf(name);
    const alone = own[name];
    return (x, y, rows, columns) => {
      const threads = threadsFor(rows * columns * functionWeight, least.elements);
      if (threads === 1) return alone(x, y, rows, columns);
      const partOf = ([first, end]: Range): number[] => [x + first * columns * 4, y + first * columns * 4, end - first, columns];
      team.run(call, ranges(rows, threads, 1).map(partOf));
    };
  };

  const packRight = ((): KernelExports["packRight"] => {
    const call = callOf("packRight");
    const alone = own.packRight;
    return (b, rowStep, columnStep, target, k, n, from, to) => {
      const threads = threadsFor(k * n, least.elements);
      if (threads === 1) return alone(b, rowStep, columnStep, target, k, n, from, to);
      const partOf = ([first, end]: Range): number[] => [b, rowStep, columnStep, target, k, n, first, end];
      team.run(call, ranges(n, threads, 8).map(partOf));
    };
  })();

  const matmulPacked = ((): KernelExports["matmulPacked"] => {
    const call = callOf("matmulPacked");
    const alone = own.matmulPacked;
    return (a, rowStep, columnStep, b, c, m, n, k, panels, from, to) => {
      const threads = threadsFor(Math.max(m, fewestRows) * n * k, least.multiplyAdds);
      if (threads === 1) return alone(a, rowStep, columnStep, b, c, m, n, k, panels, from, to);
      // Rows share the packed right operand; columns, in a wide product, pack the left one once per thread.
      const partOfRows = ([first, end]: Range, thread: number): number[] => [
        ...[a + first * rowStep * 4, rowStep, columnStep, b, c + first * n * 4, end - first],
        ...[n, k, panels + thread * panelBytes, from, to],
      ];
      const partOfColumns = ([first, end]: Range, thread: number): number[] => [
        ...[a, rowStep, columnStep, b, c, m],
        ...[n, k, panels + thread * panelBytes, first, end],
      ];
      if (m >= n) team.run(call, ranges(m, threads, 2).map(partOfRows));
      else team.run(call, ranges(n, threads, 8).map(partOfColumns));
    };
  })();

  return {
    ...own,
    neg: unary("neg"),
    abs: unary("abs"),
    exp: unary("exp", functionWeight),
    expm1: unary("expm1", functionWeight),
    log: unary("log", functionWeight),
    log1p: unary("log1p", functionWeight),
    sqrt: unary("sqrt"),
    sin: unary("sin", functionWeight),
    cos: unary("cos", functionWeight),
    tanh: unary("tanh", functionWeight),
    sigmoid: unary("sigmoid", functionWeight),
    relu: unary("relu"),
    add: binary("add"),
    sub: binary("sub"),
    mul: binary("mul"),
    div: binary("div"),
    pow: binary("pow", functionWeight),
    maximum: binary("maximum"),
    minimum: binary("minimum"),
    sum: reduce("sum"),
    sumIntegers: reduce("sumIntegers"),
    prod: reduce("prod"),
    prodIntegers: reduce("prodIntegers"),
    maxOf: reduce("maxOf"),
    maxOfIntegers: reduce("maxOfIntegers"),
    minOf: reduce("minOf"),
    minOfIntegers: reduce("minOfIntegers"),
    argmax: reduce("argmax"),
    argmaxIntegers: reduce("argmaxIntegers"),
    argmin: reduce("argmin"),
    argminIntegers: reduce("argminIntegers"),
    softmax: rowByRow("softmax"),
    logSoftmax: rowByRow("logSoftmax"),
    packRight,
    matmulPacked,
  };
}
