import { isFloat, type Shape, type ShapedArray } from "@unroll/tensor";

import { fail } from "../error.js";
import type { AxisLengths } from "./extent.js";
import type { Samples } from "./generalize.js";
import type { AxisSource } from "./size-nodes.js";

/** Names of the axes whose lengths may vary: by input, then by position, as `{ x: { 0: "batch", 1: "time" } }`. */
export type DynamicAxes = Readonly<Record<string, Readonly<Record<number, string>>>>;

type Forms = Readonly<Record<string, ShapedArray>>;

// Sequences are [batch, time, features] or [batch, time] of indices or booleans; [batch, width] is a state.
const isSequence = ({ shape, dtype }: ShapedArray): boolean => shape.length >= 3 || (shape.length === 2 && !isFloat(dtype));

/** What usually varies: the first axis of each input, and the second of each sequence, as far as they are as long as in the first. */
export function usualAxes(inputs: Forms): DynamicAxes {
  const all = Object.values(inputs);
  const first = all.find(isSequence) ?? all[0];
  const axesOf = (form: ShapedArray): Record<number, string> => ({
    ...(form.shape.length > 0 && form.shape[0] === first?.shape[0] && { 0: "batch" }),
    ...(isSequence(form) && form.shape[1] === first?.shape[1] && { 1: "time" }),
  });
  return Object.fromEntries(Object.entries(inputs).map(([name, form]) => [name, axesOf(form)]));
}

/** All ways to let fewer axes vary, from most to none. */
export function fewerAxes(axes: DynamicAxes): DynamicAxes[] {
  const names = [...new Set(Object.values(axes).flatMap((own) => Object.values(own)))];
  const subsets = names.reduceRight<string[][]>((sets, name) => [...sets.map((set) => [name, ...set]), ...sets], [[]]);
  subsets.sort((a, b) => b.length - a.length);
  const only = (kept: readonly string[]): DynamicAxes =>
    Object.fromEntries(
      Object.entries(axes).map(([input, own]) => [
        input,
        Object.fromEntries(Object.entries(own).filter(([, name]) => kept.includes(name))),
      ]),
    );
  return subsets.map(only);
}

/**
 * Lengths to trace at: none that an example has, as those might be special, and no two the same.
 *
 * @throws SerializeError `value` for an input or axis that does not exist, or one name for two lengths
 */
export function samplesFor(inputs: Forms, axes: DynamicAxes): Samples {
  const examples: Record<string, number> = {};
  const sources: Record<string, AxisSource> = {};
  for (const [input, own] of Object.entries(axes)) {
    for (const [position, name] of Object.entries(own)) {
      const length = inputs[input]?.shape[Number(position)];
      if (length === undefined || (examples[name] ?? length) !== length) {
        fail(
          "value",
          `exportOnnx: dynamicAxes must name axes of the inputs, each name for one length, got ${name} for axis ${position} of ${input}`,
        );
      }
      examples[name] = length;
      sources[name] ??= { input, axis: Number(position) };
    }
  }
  if (Object.keys(examples).length === 0) return { lengths: [{}], sources };
  const used = new Set(Object.values(inputs).flatMap(({ shape }) => shape));
  const next = (from: number): number => {
    let length = from + 2;
    while (used.has(length)) length++;
    used.add(length);
    return length;
  };
  const another = (): AxisLengths => Object.fromEntries(Object.entries(examples).map(([name, length]) => [name, next(length)]));
  const base = another();
  const each = Object.keys(base).map((name) => ({ ...base, [name]: next(base[name] as number) }));
  return { lengths: [base, ...each, another(), another()], sources };
}

/** The inputs at other lengths of their axes. */
export function formsAt(inputs: Forms, axes: DynamicAxes, lengths: AxisLengths): Forms {
  const at = (shape: Shape, own: Readonly<Record<number, string>> = {}): Shape =>
    shape.map((length, position) => (own[position] === undefined ? length : (lengths[own[position]] ?? length)));
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape: at(shape, axes[name]), dtype }]),
  );
}
