import { open } from "node:fs/promises";

import { openSafetensors, type OpenSafetensors } from "../safetensors/open.js";
import { named } from "./named.js";

/** A safetensors file on disk, open until {@link close}. */
export interface SafetensorsFile extends OpenSafetensors {
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens a safetensors file, to read its tensors one at a time.
 *
 * @throws SerializeError `file` when there is none or it cannot be read, else as `openSafetensors`, with the path
 */
export async function openSafetensorsFile(path: string): Promise<SafetensorsFile> {
  return named("openSafetensorsFile", path, async () => {
    const handle = await open(path, "r");
    const close = (): Promise<void> => handle.close();
    try {
      const { size } = await handle.stat();
      const file = await openSafetensors({
        size,
        async read(start, end) {
          const bytes = new Uint8Array(end - start);
          let done = 0;
          while (done < bytes.byteLength) {
            const { bytesRead } = await handle.read(bytes, done, bytes.byteLength - done, start + done);
            if (bytesRead === 0) break;
            done += bytesRead;
          }
          return bytes.subarray(0, done);
        },
      });
      return {
        ...file,
        read: (name) => named("openSafetensorsFile", path, () => file.read(name)),
        close,
        [Symbol.asyncDispose]: close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  });
}
