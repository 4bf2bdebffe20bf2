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
 * @throws SerializeError `file` when the server has no such file or does not serve ranges, or when the file changes
 * between two pieces
 */
export async function urlSource(url: string | URL, { headers = {}, signal }: UrlSourceOptions = {}): Promise<ByteSource> {
  const request = (method: "GET" | "HEAD", more: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(url, { method, headers: { ...headers, ...more }, ...(signal && { signal }) });
  const piece = async (start: number, end: number): Promise<Response> => {
    const response = await request("GET", { Range: `bytes=${start}-${end - 1}` });
    if (response.status === 206) return response;
    await response.body?.cancel();
    const wrong = response.ok
      ? "the server does not serve ranges; download the whole file"
      : `the server answered ${response.status}`;
    return fail("file", `read ${String(url)}: ${wrong}`);
  };
  const first = await piece(0, 8);
  await first.body?.cancel();
  const version = versionOf(first);
  // Servers of other origins hide the range, unless they expose it, but not the length.
  const total =
    /\/(\d+)$/.exec(first.headers.get("Content-Range") ?? "")?.[1] ?? (await request("HEAD")).headers.get("Content-Length");
  const size = total === null ? NaN : Number(total);
  if (!Number.isSafeInteger(size))
    fail(
      "file",
      `read ${String(url)}: the server must tell the size in Content-Range or Content-Length; download the whole file`,
    );
  return {
    size,
    async read(start, end) {
      if (start === end) return new Uint8Array(0);
      const response = await piece(start, end);
      if (versionOf(response) !== version) {
        await response.body?.cancel();
        fail("file", `read ${String(url)}: the file changed on the server; open it again`);
      }
      return readAtMost(response, end - start);
    },
  };
}

function versionOf({ headers }: Response): string {
  return headers.get("ETag") ?? headers.get("Last-Modified") ?? "";
}

// A server may send more than it was asked for, without end.
async function readAtMost(response: Response, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  for (const reader = response.body?.getReader(); reader !== undefined;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    if (done + value.byteLength > length) {
      await reader.cancel();
      fail(
        "file",
        `read ${response.url}: the server must send the ${length} bytes it was asked for, got more; download the whole file`,
      );
    }
    bytes.set(value, done);
    done += value.byteLength;
  }
  return bytes.subarray(0, done);
}
