import { fromTypedArray, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { checkBlank } from "./check-blank.js";

/** The labels of a batch with blanks before, between and after: `[batch, positions]`, positions = 2 * labels + 1. */
export interface LabelLayout {
  readonly shape: readonly [batch: number, positions: number];
  /** int32, the class at each position; blank beyond a row's own labels. */
  readonly classes: Tensor;
  /** bool, whether a path may come from two positions before: at a label other than the one before. */
  readonly skips: Tensor;
  /** int32 `[batch, 2]`, the last label (0 in a row without) and the blank after it: where a row's paths end. */
  readonly ends: Tensor;
  /** bool `[batch, 2]`, whether that end exists. */
  readonly hasEnd: Tensor;
}

/** @throws ModuleError `targets`, `option` */
export function layOutLabels(
  targets: Tensor,
  {
    targetLengths,
    blank,
    classes: count,
  }: { readonly targetLengths: Int32Array; readonly blank: number; readonly classes: number },
): LabelLayout {
  checkBlank("ctcLoss", blank, count);
  if (targets.dtype !== "int32") fail("targets", `ctcLoss: targets must be int32, got ${targets.dtype}; cast("int32") first`);
  const [batch, width] = targets.shape as readonly [number, number];
  const labels = targets.toTypedArray();
  const positions = 2 * width + 1;
  const classes = new Int32Array(batch * positions).fill(blank);
  const skips = new Uint8Array(batch * positions);
  const ends = new Int32Array(2 * batch);
  targetLengths.forEach((length, row) => {
    ends.set([Math.max(0, 2 * length - 1), 2 * length], 2 * row);
    for (let index = 0; index < length; index++) {
      const label = labels[row * width + index] as number;
      if (label < 0 || label >= count || label === blank) {
        fail(
          "targets",
          `ctcLoss: labels must lie in 0..${count - 1} and differ from the blank ${blank}, got ${label} in row ${row}`,
        );
      }
      const position = row * positions + 2 * index + 1;
      classes[position] = label;
      skips[position] = Number(index > 0 && label !== labels[row * width + index - 1]);
    }
  });
  return {
    shape: [batch, positions],
    classes: fromTypedArray(classes, [batch, positions]),
    skips: fromTypedArray(skips, [batch, positions]),
    ends: fromTypedArray(ends, [batch, 2]),
    hasEnd: fromTypedArray(
      Uint8Array.from(ends, (_, index) => Number(index % 2 === 1 || (targetLengths[index >> 1] as number) > 0)),
      [batch, 2],
    ),
  };
}
