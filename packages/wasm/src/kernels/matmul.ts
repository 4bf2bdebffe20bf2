import { broadcastStrides, sizeOf, type DenseTensor, type Kernel } from "@unroll/tensor";

import type { KernelExports } from "../exports.js";
import { addressOf, collapse, forEachOuter, operandOf } from "../layout.js";
import type { Pool } from "../pool.js";
import type { WasmStorage } from "../storage.js";
import { packedRight, type Matrix } from "./packed-right.js";

interface Sizes {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/**
 * Batched matrix product of strided operands. A right operand that comes back, as a weight does, is packed once.
 *
 * @param panels - address of `panelBytes` per thread.
 */
export function matmulKernel(kernels: KernelExports, pool: Pool, panels: number): Kernel {
  const multiply = (a: Matrix, b: Matrix, storage: WasmStorage, y: number, { m, k, n }: Sizes): void => {
    const run = (packed: number): void =>
      kernels.matmulPacked(a.address, a.rowStep, a.columnStep, packed, y, m, n, k, panels, 0, n);
    const known = packedRight(kernels, storage, b, { k, n, stays: false });
    if (known !== undefined) return run(known);
    const scratch = pool.allocate(kernels.packedLength(k, n) * 4);
    try {
      kernels.packRight(b.address, b.rowStep, b.columnStep, scratch.pointer, k, n, 0, n);
      run(scratch.pointer);
    } finally {
      pool.release(scratch);
    }
  };

  return (inputs, output) => {
    const [a, b] = inputs as readonly [DenseTensor, DenseTensor];
    const k = b.shape.at(-2) as number;
    const n = b.shape.at(-1) as number;
    if (output.size === 0) return;
    if (k === 0) return void output.storage.data.fill(0);
    const storage = b.storage as WasmStorage;
    const right = { address: addressOf(b), rowStep: b.strides.at(-2) as number, columnStep: b.strides.at(-1) as number };
    const target = addressOf(output);
    const rows = b.size === k * n ? stackedRows(a) : undefined;
    if (rows !== undefined) return multiply(rows.matrix, right, storage, target, { m: rows.count, k, n });
    const m = a.shape.at(-2) as number;
    const batch = output.shape.slice(0, -2);
    const [left, other] = [operandOf(a), operandOf(b)].map((operand) => {
      const shape = operand.shape.slice(0, -2);
      return broadcastStrides({ shape, strides: operand.strides.slice(0, -2) }, batch);
    }) as [number[], number[]];
    forEachOuter(collapse(batch, [left, other]), 0, ([aStart = 0, bStart = 0], index) => {
      const from = {
        address: addressOf(a) + aStart * 4,
        rowStep: a.strides.at(-2) as number,
        columnStep: a.strides.at(-1) as number,
      };
      const by = { ...right, address: right.address + bStart * 4 };
      multiply(from, by, storage, target + index * m * n * 4, { m, k, n });
    });
  };
}

// All matrices of a left operand as one, where their rows continue one another.
function stackedRows(a: DenseTensor): { readonly matrix: Matrix; readonly count: number } | undefined {
  if (a.isContiguous) {
    const rowStep = a.shape.at(-1) as number;
    return { matrix: { address: addressOf(a), rowStep, columnStep: 1 }, count: a.size / rowStep };
  }
  const { shape, strides } = collapse(a.shape.slice(0, -1), [a.strides.slice(0, -1)]);
  if (shape.length > 1) return undefined;
  const columnStep = a.strides.at(-1) as number;
  return {
    matrix: { address: addressOf(a), rowStep: strides[0]?.[0] ?? 0, columnStep },
    count: sizeOf(a.shape.slice(0, -1)),
  };
}
