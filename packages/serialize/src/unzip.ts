import { unzipSync } from "fflate";

import { fail } from "./error.js";

/**
 * The files of a zip archive that holds them uncompressed, as PyTorch and Keras write it.
 *
 * @param kind - What is being read, for messages.
 * @throws SerializeError `format` for a broken or compressed archive, or one whose files are larger than itself
 */
export function unzipStored(bytes: Uint8Array, kind: string): ReadonlyMap<string, Uint8Array> {
  let claimed = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      // Called per entry of the directory, before its content is touched.
      filter({ name, size, originalSize, compression }) {
        claimed += originalSize + 46;
        if (compression !== 0 || size !== originalSize)
          fail("format", `read ${kind}: ${JSON.stringify(name)} must be stored uncompressed; pack it again with zip -0`);
        if (!(claimed <= bytes.byteLength))
          fail("format", `read ${kind}: the zip archive promises more than its ${bytes.byteLength} bytes; it is broken`);
        return !name.endsWith("/");
      },
    });
  } catch (cause) {
    if (cause instanceof Error && cause.name === "SerializeError") throw cause;
    return fail(
      "format",
      `read ${kind}: the file must be a whole zip archive: ${(cause as Error).message}; it is truncated or of another kind`,
      { cause },
    );
  }
  return new Map(Object.entries(files));
}
