const kinds = [
  "ArrayBuffer",
  "Uint8Array",
  "Uint16Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Array",
] as const;

/**
 * Runs something and tells the most elements that one array or buffer was made with, and by how many bytes the
 * process's memory grew at its highest.
 */
export function largestAllocation(run: () => void): { readonly length: number; readonly residentBytes: number } {
  const known = globalThis as unknown as Record<string, new (...args: unknown[]) => ArrayLike<unknown>>;
  const originals = kinds.map((kind) => [kind, known[kind]] as const);
  let length = 0;
  for (const [kind, original] of originals) {
    known[kind] = new Proxy(original as new (...args: unknown[]) => ArrayLike<unknown>, {
      construct(target, args, newTarget) {
        if (typeof args[0] === "number") length = Math.max(length, args[0]);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
  }
  const before = process.resourceUsage().maxRSS;
  try {
    run();
  } finally {
    Object.assign(known, Object.fromEntries(originals));
  }
  return { length, residentBytes: (process.resourceUsage().maxRSS - before) * 1024 };
}
