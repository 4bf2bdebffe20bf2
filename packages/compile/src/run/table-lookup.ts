import { belowTapes } from "@unroll/autograd";
import type { Backend, Tensor } from "@unroll/tensor";

import type { Buffer } from "../plan/plan.js";
import type { PlannedLoop } from "../plan/plan-step.js";
import type { SequenceInputs, StepLookup } from "../sequence.js";
import type { Extents } from "./scan-layout.js";
import type { TableRows } from "./scan-runner.js";
import { withoutGaps } from "./without-gaps.js";

/** A lookup, where there are so many more steps than rows of the table that to read what was computed of these takes less time. */
export function usefulLookup({ lookup, steps }: SequenceInputs, { batch, time }: Extents): StepLookup | undefined {
  if (lookup === undefined || 2 * (lookup.table.shape[0] as number) > batch * time || !isThere(lookup)) return undefined;
  const { interpreter } = steps[lookup.step] as Tensor;
  if (interpreter === lookup.table.interpreter) return lookup;
  // Without a gradient of what was read, there is none of the table.
  return interpreter.level === 0 ? { ...lookup, table: belowTapes(lookup.table) } : undefined;
}

/** Whether a table and its indices have elements still: what was read may outlive them. */
export function isThere({ table, indices }: StepLookup): boolean {
  return [belowTapes(table), indices].every((x) => x.interpreter.level === 0 && !x.toDense().storage.disposed);
}

/** A lookup as a loop takes it. */
export function tableRows(
  { given }: PlannedLoop,
  { step, table, indices }: StepLookup,
  { reverse, backend }: { readonly reverse: boolean; readonly backend: Backend },
): TableRows {
  const input = given.get(`step ${step}`) as Buffer;
  const inOrder = reverse ? indices.flip({ axis: 1 }) : indices;
  return { input, table: withoutGaps(table, backend), indices: withoutGaps(inOrder.transpose(), backend) };
}
