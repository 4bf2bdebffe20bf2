import { concat, DenseTensor, evaluator, type Tensor } from "@unroll/tensor";

import type { Matrix } from "../rows/row.js";
import { follows } from "../rows/rows.js";
import type { Evaluation } from "./evaluate.js";

/** Cuts of one weight that continue one another become one cut again. */
export function joinCuts(rights: readonly Matrix[]): readonly Matrix[] {
  return rights.reduce<Matrix[]>((found, matrix) => {
    const before = found.at(-1);
    if (before !== undefined && follows(before, matrix))
      found[found.length - 1] = { ...before, columns: before.columns + matrix.columns };
    else found.push(matrix);
    return found;
  }, []);
}

/** Matrices side by side: one is a view, several are copied. */
export function rightSide(cuts: readonly Matrix[], evaluation: Evaluation): DenseTensor {
  const parts = cuts.map(({ node, firstRow, rows, firstColumn, columns }): Tensor => {
    const { storage, strides, offset } = evaluation.valueOf(node).toDense();
    const [rowStep, columnStep] = strides as [number, number];
    const start = offset + firstRow * rowStep + firstColumn * columnStep;
    return new DenseTensor(storage, { shape: [rows, columns], strides, offset: start }, evaluator);
  });
  return (parts.length === 1 ? (parts[0] as Tensor) : concat(parts, { axis: 1 })).toDense();
}
