import { full, ones, oneHot, put, where, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { Operator, OperatorCall } from "../operator-call.js";

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

// Negative indices count from the end.
function wrapped(indices: Tensor, length: number): Tensor {
  const values = indices.cast("int32");
  return values.add(values.less(0).cast("int32").mul(length));
}

function gather(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const axis = positive(call.int("axis", 0), x.rank);
  return [x.take(wrapped(call.input(1), x.shape[axis] as number), { axis })];
}

function gatherElements(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const axis = positive(call.int("axis", 0), x.rank);
  return [x.takeAlong(wrapped(call.input(1), x.shape[axis] as number), { axis })];
}

// Rows of x at index tuples along its first axes, as positions in these axes laid out as one.
function rowsAt(x: Tensor, indices: Tensor): { readonly rows: Tensor; readonly at: Tensor } {
  const depth = indices.shape.at(-1) as number;
  const outer = x.shape.slice(0, depth);
  const at = outer.reduce<Tensor | undefined>((sum, length, axis) => {
    const own = wrapped(indices.slice({ axis: -1, start: axis, stop: axis + 1 }).squeeze({ axis: -1 }), length);
    return sum === undefined ? own : sum.mul(length).add(own);
  }, undefined);
  return { rows: x.reshape([-1, ...x.shape.slice(depth)]), at: at as Tensor };
}

function gatherND(call: OperatorCall): readonly Tensor[] {
  if (call.int("batch_dims", 0) !== 0) fail("format", `run ONNX: ${call.described} is supported with batch_dims 0 alone`);
  const { rows, at } = rowsAt(call.input(0), call.input(1));
  return [rows.take(at, { axis: 0 })];
}

function scatterND(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const { rows, at } = rowsAt(x, call.input(1));
  const reduction = call.text("reduction", "none");
  if (reduction === "add") return [rows.scatterAdd(at, call.input(2), { axis: 0 }).reshape(x.shape)];
  if (reduction !== "none") fail("format", `run ONNX: ${call.described} is supported with reduction none or add alone`);
  return [put(rows, at, call.input(2), { axis: 0 }).reshape(x.shape)];
}

function topK(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const axis = positive(call.int("axis", -1), x.rank);
  const descending = call.int("largest", 1) !== 0;
  const indices = x.argsort({ axis, descending }).slice({ axis, stop: call.input(1).reshape([]).item() });
  return [x.takeAlong(indices, { axis }), indices];
}

// Computed and not listed, so that it can be exported again with another length.
function range(call: OperatorCall): readonly Tensor[] {
  const [start, limit, step] = [0, 1, 2].map((index) => call.input(index).item()) as [number, number, number];
  const { dtype } = call.input(0);
  const counted = ones([Math.max(0, Math.ceil((limit - start) / step))], { dtype: "int32" })
    .cumsum({ axis: 0 })
    .sub(1);
  return [counted.cast(dtype).mul(step).add(start)];
}

function hot(call: OperatorCall): readonly Tensor[] {
  const depth = call.input(1).reshape([]).item();
  const [off, on] = call.input(2).split(2, { axis: 0 }) as [Tensor, Tensor];
  const indices = wrapped(call.input(0), depth);
  const last = oneHot(indices, depth, { dtype: "bool" });
  const axis = positive(call.int("axis", -1), last.rank);
  const order = indices.shape.map((_, other) => other);
  order.splice(axis, 0, indices.rank);
  return [where(last.permute(order), on, off)];
}

// Each row of the batch back to front, as far as its own length.
function reverseSequence(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const batchAxis = positive(call.int("batch_axis", 1), x.rank);
  const timeAxis = positive(call.int("time_axis", 0), x.rank);
  const along = (values: Tensor, axis: number): Tensor => values.reshape(x.shape.map((_, other) => (other === axis ? -1 : 1)));
  const time = ones([x.shape[timeAxis] as number], { dtype: "int32" })
    .cumsum({ axis: 0 })
    .sub(1);
  const positions = along(time, timeAxis);
  const lengths = along(call.input(1), batchAxis);
  const from = where(positions.less(lengths), lengths.sub(1).sub(positions), positions);
  return [x.takeAlong(from.broadcastTo(x.shape), { axis: timeAxis })];
}

function triangle(call: OperatorCall): readonly Tensor[] {
  const x = call.input(0);
  const shift = call.optional(1)?.reshape([]).item() ?? 0;
  const [rows, columns] = x.shape.slice(-2).map((length) => ones([length], { dtype: "int32" }).cumsum({ axis: 0 })) as [
    Tensor,
    Tensor,
  ];
  const distance = columns.sub(rows.unsqueeze({ axis: 1 }));
  const kept = call.int("upper", 1) === 0 ? distance.lessEqual(shift) : distance.greaterEqual(shift);
  return [where(kept, x, full([], 0, { dtype: x.dtype }))];
}

/** Operators that pick elements by their positions. */
export const indexingOperators: Readonly<Record<string, Operator>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterND: scatterND,
  TopK: topK,
  Range: range,
  OneHot: hot,
  ReverseSequence: reverseSequence,
  Trilu: triangle,
};
