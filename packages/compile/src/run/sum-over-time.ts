import { empty, type DenseTensor, type Tensor } from "@unroll/tensor";
import type { LinkedProgram } from "@unroll/wasm";

import type { Buffer, Place, TotalOperation } from "../plan/plan.js";
import type { Node } from "../trace/graph.js";
import type { ProgramBackend } from "./program-backend.js";
import type { Extents } from "./scan-layout.js";
import { splitColumns, splitRows } from "./split-rows.js";

/** What the sums of a loop are made with. */
export interface TotalSources extends Extents {
  readonly backend: ProgramBackend;
  /** Exports `sum`, `packRight` and `matmulPacked`. */
  readonly program: LinkedProgram;
  /** Address of a buffer, whose rows of all steps lie one after the other. */
  readonly addressOf: (buffer: Buffer) => number;
}

/** Sums over batch and time, by the node that each one is the value of. */
export function sumOverTime(totals: readonly TotalOperation[], sources: TotalSources): ReadonlyMap<Node, Tensor> {
  const found = new Map<Node, Tensor>();
  // Sums of whole buffers, of which several totals may take their columns.
  const sums = new Map<Buffer, { readonly shift: number; readonly row: DenseTensor }[]>();
  for (const total of totals) {
    if (total.kind === "outer") {
      found.set(total.node, outerProducts(total, sources));
      continue;
    }
    const { buffer, shift } = total.of;
    const known = sums.get(buffer) ?? [];
    sums.set(buffer, known);
    let row = known.find((sum) => sum.shift === shift)?.row;
    if (row === undefined) known.push({ shift, row: (row = columnSums(total.of, sources)) });
    found.set(total.node, columnsTotal(row, total));
  }
  return found;
}

function columnSums({ buffer, shift }: Place, { program, backend, time, batch, addressOf }: TotalSources): DenseTensor {
  const sums = empty([1, buffer.width], "float32");
  const from = addressOf(buffer) + shift * batch * buffer.width * 4;
  const operands = [from, backend.programs.addressOf(sums), 1, time * batch, buffer.width];
  program.run(
    "sum",
    splitColumns(buffer.width, backend.programs, time * batch).map((range) => [...operands, ...range]),
  );
  return sums;
}

/** The value of one total of columns from sums `[1, width]` of all of them: over further axes as well, where it asks for that. */
export function columnsTotal(sums: Tensor, { node, of, width }: TotalOperation & { readonly kind: "columns" }): Tensor {
  const { axes, keepDims } = node.attributes as { readonly axes: readonly number[]; readonly keepDims: boolean };
  const part = width === sums.shape[1] ? sums : sums.slice({ axis: 1, start: of.offset, stop: of.offset + width });
  if (axes.length === 1) return part.reshape(node.shape);
  const [source] = node.inputs as readonly [Node];
  return part.reshape([1, ...source.shape.slice(1)]).sum({ axes, keepDims });
}

// a^T b over all rows of all steps. The narrower side is packed, the other one is split between threads.
function outerProducts({ a, b, rows, columns }: TotalOperation & { readonly kind: "outer" }, sources: TotalSources): Tensor {
  const { program, backend, time, batch } = sources;
  const { panels } = backend.programs;
  const start = ({ buffer, offset, shift }: Place): number =>
    sources.addressOf(buffer) + (shift * batch * buffer.width + offset) * 4;
  const count = time * batch;
  const turned = columns > rows;
  const [left, right] = turned ? [b, a] : [a, b];
  const [m, n] = turned ? [columns, rows] : [rows, columns];
  const packed = empty([count * (Math.ceil(n / 8) * 8)], "float32");
  const packing = [start(right), right.buffer.width, 1, backend.programs.addressOf(packed), count, n];
  program.run(
    "packRight",
    splitColumns(n, backend.programs, count).map((range) => [...packing, ...range]),
  );
  const result = empty([m, n], "float32");
  const calls = splitRows(m, backend.programs, n * count).map(([from, to], thread) => [
    ...[
      start(left) + from * 4,
      1,
      left.buffer.width,
      backend.programs.addressOf(packed),
      backend.programs.addressOf(result) + from * n * 4,
    ],
    ...[to - from, n, count, panels[thread] as number, 0, n],
  ]);
  program.run("matmulPacked", calls);
  packed.dispose();
  return turned ? result.transpose() : result;
}
