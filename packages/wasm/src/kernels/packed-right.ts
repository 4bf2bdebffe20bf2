import type { KernelExports } from "../exports.js";
import type { WasmStorage } from "../storage.js";

/** A strided matrix; steps in elements. */
export interface Matrix {
  readonly address: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/**
 * The address of a right operand `[k, n]` as products read it, kept with its storage; undefined at its first use, since most
 * operands are used once. One that `stays` lives as long as the storage, others until their room is needed.
 */
export function packedRight(
  kernels: Pick<KernelExports, "packedLength" | "packRight">,
  storage: WasmStorage,
  { address, rowStep, columnStep }: Matrix,
  { k, n, stays }: { readonly k: number; readonly n: number; readonly stays: boolean },
): number | undefined {
  const layout = { offset: address - storage.pointer, rows: k, columns: n, rowStep, columnStep };
  const write = (target: number): void => kernels.packRight(address, rowStep, columnStep, target, k, n, 0, n);
  return storage.packed.find(layout, { bytes: kernels.packedLength(k, n) * 4, stays, write });
}
