import type { Kernel } from "../backend.js";
import type { DenseTensor } from "../dense.js";
import { fail } from "../error.js";
import type { AxisAttributes } from "../primitives/reduction.js";
import { spanOf } from "../shape.js";
import { rowMajor } from "./walk.js";

// The index of a slice along an axis, counted from the end when negative.
function resolve(operation: string, index: number, length: number): number {
  const position = index < 0 ? index + length : index;
  if (position < 0 || position >= length) {
    fail("range", `${operation}: indices must lie in -${length}..${length - 1}, got ${index}`);
  }
  return position;
}

/**
 * Visits each element that indices address: its place in the indexed tensor and in the gathered one. `take` moves a whole
 * slice per index; `takeAlong` one element.
 */
function forEachIndexed(
  operation: string,
  target: DenseTensor,
  indices: DenseTensor,
  axis: number,
  visit: (indexed: number, gathered: number) => void,
): void {
  const along = operation.endsWith("Along");
  const { outer, length, inner } = spanOf(target.shape, axis);
  const positions = rowMajor(indices);
  const perOuter = along ? (indices.shape[axis] as number) : positions.length;
  let gathered = 0;
  for (let o = 0; o < outer; o++) {
    for (let p = 0; p < perOuter; p++) {
      for (let i = 0; i < inner; i++, gathered++) {
        const index = positions[along ? (o * perOuter + p) * inner + i : p] as number;
        visit((o * length + resolve(operation, index, length)) * inner + i, gathered);
      }
    }
  }
}

/** `take` and `takeAlong`. */
export function gather(operation: "take" | "takeAlong"): Kernel<AxisAttributes> {
  return ([x, indices], output, { axis }) => {
    const source = rowMajor(x as DenseTensor);
    const target = output.storage.data;
    forEachIndexed(operation, x as DenseTensor, indices as DenseTensor, axis, (indexed, gathered) => {
      target[gathered] = source[indexed] as number;
    });
  };
}

/** `scatterAdd` and `scatterAddAlong`. */
export function scatter(operation: "scatterAdd" | "scatterAddAlong"): Kernel<AxisAttributes> {
  return ([x, indices, updates], output, { axis }) => {
    const added = rowMajor(updates as DenseTensor);
    const target = output.storage.data;
    target.set(rowMajor(x as DenseTensor));
    forEachIndexed(operation, x as DenseTensor, indices as DenseTensor, axis, (indexed, gathered) => {
      const sum = (target[indexed] as number) + (added[gathered] as number);
      target[indexed] = output.dtype === "bool" ? Math.min(sum, 1) : sum;
    });
  };
}
