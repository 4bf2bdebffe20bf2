import { bytesPerElement, referenceBackend, type Storage } from "@unroll/tensor";
import { vi } from "vitest";

/** Bytes of tensors that live on the reference backend; for tests. */
export interface BlockCounter {
  readonly live: () => number;
  readonly peak: () => number;
  readonly stop: () => void;
}

/** Counts blocks from now until `stop`. */
export function countBlocks(): BlockCounter {
  let live = 0;
  let peak = 0;
  const allocate = referenceBackend.allocate.bind(referenceBackend);
  const spy = vi.spyOn(referenceBackend, "allocate").mockImplementation((dtype, length) => {
    const storage: Storage = allocate(dtype, length);
    const bytes = length * bytesPerElement[dtype];
    live += bytes;
    peak = Math.max(peak, live);
    const dispose = storage.dispose.bind(storage);
    storage.dispose = () => {
      if (!storage.disposed) live -= bytes;
      dispose();
    };
    return storage;
  });
  return { live: () => live, peak: () => peak, stop: () => spy.mockRestore() };
}
