import { sameShape, Tensor, type DType } from "@unroll/tensor";

import { fail } from "../error.js";
import { extentOf, type AxisLengths, type Extent } from "./extent.js";
import type { Constant, IntegerConstant } from "./recorded-graph.js";
import type { SizeNodes } from "./size-nodes.js";

/**
 * What a constant that was seen at several lengths is at any: the constant where it is the same each time, or else undefined, and nodes
 * that compute it: numbers that follow from lengths, and tensors that count up evenly from one.
 *
 * @throws SerializeError `value` where there is no such rule
 */
export function commonConstant(
  name: string,
  seen: readonly Constant[],
  { lengths, sizes }: { readonly lengths: readonly AxisLengths[]; readonly sizes: SizeNodes },
): Constant | undefined {
  const [first] = seen as readonly [Constant];
  const extents = (values: readonly (readonly number[])[]): Extent[] =>
    (values[0] ?? []).map((_, position) => {
      const at = values.map((list) => list[position] as number);
      return extentOf(at, lengths) ?? differ(`${at.slice(0, 3).join(", ")}, which is no multiple of the lengths`);
    });
  if (!Tensor.isTensor(first)) {
    const inferred = inferredIntegers(seen as readonly IntegerConstant[]);
    if (inferred !== undefined) return { integers: inferred };
    sizes.list(extents((seen as readonly IntegerConstant[]).map(({ integers }) => integers)), name);
    return undefined;
  }
  const tensors = seen as readonly Tensor[];
  if (tensors.every((tensor) => tensor === first || equalTensors(tensor, first))) return first;
  const counts = tensors.map((tensor) => evenCount(tensor) ?? differ("a constant whose elements follow no rule"));
  const { start, step } = counts[0] as EvenCount;
  if (counts.some((count) => count.step !== step)) differ("a constant whose elements lie closer or wider");
  const sameStart = counts.every((count) => Object.is(count.start, start));
  sizes.fill(name, {
    shape: extents(tensors.map(({ shape }) => shape)),
    dtype: first.dtype,
    start: sameStart ? start : (extents(counts.map((count) => [count.start]))[0] as Extent),
    step,
  });
  return undefined;
}

// The integers where they are the same each time, or where what a Reshape infers by itself stands for those that are not.
function inferredIntegers(seen: readonly IntegerConstant[]): number[] | undefined {
  const [{ integers }] = seen as readonly [IntegerConstant];
  if (seen.some((other) => other.integers.length !== integers.length)) differ("the number of axes that are cut");
  const varies = (position: number): boolean => seen.some((other) => other.integers[position] !== integers[position]);
  const isCopied = (position: number): boolean => seen.every(({ inference }) => inference?.copied[position] === true);
  const given = integers.map((value, position) => (!varies(position) ? value : isCopied(position) ? 0 : -1));
  const missing = given.filter((_, position) => varies(position) && !isCopied(position)).length;
  return missing === 0 || (missing === 1 && seen.every(({ inference }) => inference !== undefined)) ? given : undefined;
}

function equalTensors(a: Tensor, b: Tensor): boolean {
  if (!sameShape(a.shape, b.shape)) return false;
  const values = b.toTypedArray();
  return a.toTypedArray().every((value, index) => Object.is(value, values[index]));
}

interface EvenCount {
  readonly start: number;
  readonly step: number;
}

// The elements as start + step * position, in the arithmetic of their dtype; undefined where they are not.
function evenCount(tensor: Tensor): EvenCount | undefined {
  const values = tensor.toTypedArray();
  const start = values[0] ?? 0;
  const step = (values[1] ?? start) - start;
  const rounded = rounding[tensor.dtype];
  const follows = (value: number, position: number): boolean =>
    step === 0 ? Object.is(value, start) : value === rounded(rounded(position * step) + start);
  for (let position = 0; position < values.length; position++) {
    if (!follows(values[position] as number, position)) return undefined;
  }
  return { start, step };
}

const rounding: Readonly<Record<DType, (value: number) => number>> = {
  float32: Math.fround,
  float64: (value) => value,
  int32: (value) => value,
  bool: Number,
};

/** Says that traces have nothing in common somewhere. */
export function differ(what: string): never {
  return fail(
    "value",
    `exportOnnx: the graph must be the same at every length of a dynamic axis, got another one at ${what}; forward counts along that axis: leave it out of dynamicAxes`,
  );
}
