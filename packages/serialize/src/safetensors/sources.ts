import { fail } from "../error.js";
import type { ByteSource } from "./open.js";

/** Reads pieces of a `Blob` or `File`, such as one that a user chose in a browser. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** How {@link urlSource} asks. */
export interface UrlSourceOptions {
  /** Headers of every request, such as an authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Reads pieces of a file on a web server by HTTP range requests.
 *
 * @throws SerializeError `file` when the server has no such file or does not serve ranges
 */
export async function urlSource(url: string | URL, { headers = {}, signal }: UrlSourceOptions = {}): Promise<ByteSource> {
  const request = async (start: number, end: number): Promise<Response> => {
    const response = await fetch(url, {
      headers: { ...headers, Range: `bytes=${start}-${end - 1}` },
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.status !== 206) {
      await response.body?.cancel();
      const wrong = response.ok
        ? "the server does not serve ranges; download the whole file"
        : `the server answered ${response.status}`;
      fail("file", `read ${String(url)}: ${wrong}`);
    }
    return response;
  };
  const first = await request(0, 8);
  await first.body?.cancel();
  const size = Number(/\/(\d+)$/.exec(first.headers.get("Content-Range") ?? "")?.[1] ?? NaN);
  if (!Number.isSafeInteger(size)) fail("file", `read ${String(url)}: the server must tell the size in Content-Range`);
  return {
    size,
    read: async (start, end) =>
      start === end ? new Uint8Array(0) : new Uint8Array(await (await request(start, end)).arrayBuffer()),
  };
}
