import { DenseTensor, evaluator, onBackend, stack, type Backend, type Tensor } from "@unroll/tensor";

import type { PlannedLoop } from "../plan/plan-step.js";
import type { Buffer, ScanPlan } from "../plan/plan.js";
import type { Row } from "../rows/row.js";
import type { SequenceOutputs } from "../sequence.js";
import { watchedName, type Tensors } from "../trace/trace-step.js";
import type { Extents } from "./scan-layout.js";

/** How a step runs over one sequence. */
export interface SequenceRun extends Extents {
  readonly reverse: boolean;
  readonly backend: Backend;
  readonly rows: Tensors;
}

/** What a loop reads from outside, as `[steps, batch, width]` in the order of reading. */
export function bind(
  { given }: PlannedLoop,
  { steps, back }: { readonly steps: Tensors; readonly back?: Pick<SequenceOutputs, "output" | "watched"> },
  { time, batch, reverse, backend, rows }: SequenceRun,
): Map<Buffer, DenseTensor> {
  const found = new Map<Buffer, DenseTensor>();
  const put = (name: string, x: Tensor): void => {
    const buffer = given.get(name);
    if (buffer === undefined) return;
    const { storage, strides, offset } = onBackend(x.toDense(), backend);
    const [row = 0, along = 0, column = 0] = strides.length === 2 ? [strides[0], 0, strides[1]] : strides;
    const step = reverse ? -along : along;
    // From one row to the next, where rows of all steps are one matrix.
    const next = batch === 1 ? step : row;
    const layout = {
      shape: [time, batch, buffer.width],
      strides: [step, next, column],
      offset: reverse ? offset + along * (time - 1) : offset,
    };
    const read = new DenseTensor(storage, layout, evaluator);
    const apart = time * batch > 1 && (next !== buffer.width || (time > 1 && step !== batch * next));
    const gaps = (column !== 1 && buffer.width > 1) || (buffer.flat && apart);
    found.set(buffer, gaps ? read.copy().toDense() : read);
  };
  for (const [name, x] of Object.entries(rows)) put(`row ${name}`, x);
  for (const [name, x] of Object.entries(steps)) put(`step ${name}`, x);
  if (back !== undefined) put("cotangent output", back.output);
  for (const [name, x] of Object.entries(back?.watched ?? {})) put(`cotangent ${watchedName(name)}`, stack(x, { axis: 1 }));
  return found;
}

/** A value of every step as `[batch, time, width]`. */
export function viewOf(
  buffers: ReadonlyMap<Buffer, DenseTensor>,
  plan: ScanPlan,
  row: Row,
  { time, batch, reverse }: SequenceRun,
): Tensor {
  const { buffer, offset, shift } = plan.placeOf(row);
  const x = buffers.get(buffer) as DenseTensor;
  const [step = 0, rowStep = 0] = x.strides;
  const start = x.offset + (shift + (reverse ? time - 1 : 0)) * step + offset;
  return new DenseTensor(
    x.storage,
    { shape: [batch, time, row.width], strides: [rowStep, reverse ? -step : step, 1], offset: start },
    evaluator,
  );
}

/** The same, each step for itself. */
export function stepsOf(buffers: ReadonlyMap<Buffer, DenseTensor>, plan: ScanPlan, row: Row, run: SequenceRun): Tensor[] {
  return viewOf(buffers, plan, row, run).unstack({ axis: 1 });
}
