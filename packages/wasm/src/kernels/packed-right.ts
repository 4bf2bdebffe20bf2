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
 * operands are used once.
 */
export function packedRight(
  kernels: Pick<KernelExports, "packedLength" | "packRight">,
  storage: WasmStorage,
  { address, rowStep, columnStep }: Matrix,
  { k, n }: { readonly k: number; readonly n: number },
): number | undefined {
  const layout = { offset: address - storage.pointer, rows: k, columns: n, rowStep, columnStep };
  return storage.packed(layout, kernels.packedLength(k, n) * 4, (target) =>
    kernels.packRight(address, rowStep, columnStep, target, k, n, 0, n),
  );
}
