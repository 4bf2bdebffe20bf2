import type { DenseTensor, Shape } from "@unroll/tensor";

import type { WasmStorage } from "./storage.js";

/** Bytes of an element of a tensor here: a comparison, since to look them up by a name takes as long as half a small kernel. */
export function elementBytes({ dtype }: DenseTensor): number {
  return dtype === "bool" ? 1 : 4;
}

/** Address of a tensor's first element. */
export function addressOf(x: DenseTensor): number {
  return (x.storage as WasmStorage).pointer + x.offset * elementBytes(x);
}

/** Where the elements of a tensor lie. */
export interface Operand {
  readonly address: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
  /** Of an element. */
  readonly bytes: number;
}

/** A tensor as an operand. */
export function operandOf(x: DenseTensor): Operand {
  return { address: addressOf(x), shape: x.shape, strides: x.strides, bytes: elementBytes(x) };
}

/** A shape with the strides of several operands over it. */
export interface Walk {
  readonly shape: number[];
  /** Per operand, per axis. */
  readonly strides: number[][];
}

/** Joins axes that continue one another in every operand, and drops those of size 1. */
export function collapse(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const walk: Walk = { shape: [], strides: strides.map(() => []) };
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis] as number;
    if (length === 1) continue;
    const joins =
      walk.shape.length > 0 && strides.every((own, index) => walk.strides[index]?.at(-1) === (own[axis] as number) * length);
    if (joins) walk.shape.push((walk.shape.pop() as number) * length);
    else walk.shape.push(length);
    strides.forEach((own, index) => {
      const mine = walk.strides[index] as number[];
      if (joins) mine.pop();
      mine.push(own[axis] as number);
    });
  }
  return walk;
}

/**
 * Calls `visit` with the element offset of each operand, for every position on the axes before the last `inner`. The list of offsets is
 * the same one at each call.
 */
export function forEachOuter(
  { shape, strides }: Walk,
  inner: number,
  visit: (offsets: readonly number[], index: number) => void,
): void {
  const offsets = strides.map(() => 0);
  const counter = shape.slice(0, Math.max(0, shape.length - inner)).fill(0);
  const total = counter.reduce((product, _, axis) => product * (shape[axis] as number), 1);
  for (let index = 0; index < total; index++) {
    visit(offsets, index);
    for (let axis = counter.length; axis-- > 0;) {
      const length = shape[axis] as number;
      const next = (counter[axis] as number) + 1;
      counter[axis] = next === length ? 0 : next;
      const steps = next === length ? 1 - length : 1;
      for (let operand = 0; operand < offsets.length; operand++) {
        (offsets[operand] as number) += steps * (strides[operand]?.[axis] as number);
      }
      if (next < length) break;
    }
  }
}
