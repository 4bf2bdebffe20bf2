import type { Tensor } from "@unroll/tensor";

import { checkpointParts } from "../checkpoint/checkpoint.js";
import { fail } from "../error.js";
import { safetensorsParts, type SafetensorsOptions } from "../safetensors/encode.js";

/**
 * Hands a checkpoint, as the tree is at the moment of the call, to the user as a download. Whether and where it is kept
 * is up to the browser and the user; {@link readCheckpoint} reads it back from the file that the user picks.
 *
 * @param fileName - What the browser suggests, such as `"training.safetensors"`.
 * @throws SerializeError `unsupported` outside a page, else as `encodeCheckpoint`
 */
export function downloadCheckpoint(fileName: string, tree: object): void {
  download(fileName, [...checkpointParts(tree)]);
}

/**
 * Hands tensors to the user as the download of a safetensors file, which PyTorch reads.
 *
 * @throws SerializeError `unsupported` outside a page, else as `encodeSafetensors`
 */
export function downloadSafetensors(
  fileName: string,
  tensors: Readonly<Record<string, Tensor>>,
  options: SafetensorsOptions = {},
): void {
  download(fileName, [...safetensorsParts(tensors, options)]);
}

// Browsers begin to read some time after the click; there is no event for the end.
const keptMilliseconds = 60_000;

function download(fileName: string, parts: readonly Uint8Array[]): void {
  const page = globalThis.document as Document | undefined;
  if (page === undefined)
    return fail(
      "unsupported",
      `download ${fileName}: only a page can download, not a worker or Node; send the bytes to the page`,
    );
  const address = URL.createObjectURL(new Blob(parts as Uint8Array<ArrayBuffer>[], { type: "application/octet-stream" }));
  const link = page.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), keptMilliseconds);
}
