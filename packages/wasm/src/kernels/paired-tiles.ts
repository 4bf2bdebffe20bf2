import { optimizedAtOnce } from "../engine.js";
import type { KernelExports } from "../exports.js";
import type { Pool } from "../pool.js";
import { panelBytes } from "./panels.js";

// The byte of memory that tells `matmulPacked` to work on two panels of the right operand at once; see assembly/matmul.ts.
const pairedByte = 0;
// A product in tiles of six rows that stays in the first cache.
const [m, n, k] = [24, 64, 128] as const;
const rounds = 9;

/** Sets whether products work on two panels of the right operand at once; the bits are the same. */
export function pairTiles({ buffer }: WebAssembly.Memory, paired: boolean): void {
  new Uint8Array(buffer)[pairedByte] = Number(paired);
}

/**
 * Pairs tiles if products are faster so, which takes some twenty milliseconds to find out: where the engine makes one vector of 256
 * bits of two they need as many sums again to stay busy, and elsewhere those are more than the registers hold.
 */
export function choosePairedTiles(kernels: KernelExports, pool: Pool): void {
  const [a, b, c, panels] = [
    pool.allocate(m * k * 4),
    pool.allocate(k * n * 4),
    pool.allocate(m * n * 4),
    pool.allocate(panelBytes),
  ];
  const best = [Infinity, Infinity];
  optimizedAtOnce(() => {
    for (let turn = 0; turn < 2 * rounds; turn++) {
      const paired = turn % 2;
      pairTiles(pool.memory, paired === 1);
      const start = performance.now();
      kernels.matmulPacked(a.pointer, k, 1, b.pointer, c.pointer, m, n, k, panels.pointer, 0, n);
      best[paired] = Math.min(best[paired] as number, performance.now() - start);
    }
  });
  pairTiles(pool.memory, (best[1] as number) < (best[0] as number));
  for (const block of [a, b, c, panels]) pool.release(block);
}
