import { createServer, type Server } from "node:http";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fromTypedArray, ones, zeros } from "@unroll/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { blobSource, encodeSafetensors, openSafetensors, urlSource, type ByteSource } from "../index.js";
import { openSafetensorsFile, saveSafetensors } from "../node.js";

const tensors = { big: ones([1000]), small: fromTypedArray(Int32Array.of(1, 2), [2]), empty: zeros([0]) };
const bytes = encodeSafetensors(tensors, { metadata: { format: "pt" } });

// Serves the file; `/whole` ignores ranges, `/hidden` does not tell them, as some servers do.
let changes = 0;
let server: Server;
let address: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "unroll-serialize-"));
  server = createServer(({ url, method, headers }, response) => {
    const [, start = 0, last = 0] = (/bytes=(\d+)-(\d+)/.exec(headers.range ?? "") ?? []).map(Number);
    if (url === "/missing") response.writeHead(404).end();
    else if (url === "/whole") response.writeHead(200).end(bytes);
    else if (method === "HEAD") response.writeHead(200, url === "/no-size" ? {} : { "Content-Length": bytes.byteLength }).end();
    else if (url === "/endless") {
      response.writeHead(206, { "Content-Range": `bytes ${start}-${last}/${bytes.byteLength}` });
      const more = (): void => void response.write(new Uint8Array(65_536), () => response.destroyed || more());
      more();
    } else {
      const range = { "Content-Range": `bytes ${start}-${last}/${bytes.byteLength}` };
      const version = { ETag: url === "/changing" ? String(changes++) : "1" };
      response
        .writeHead(206, { ...(url !== "/hidden" && url !== "/no-size" && range), ...version })
        .end(bytes.subarray(start, last + 1));
    }
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

function counted(source: ByteSource): ByteSource & { bytes: number } {
  const counting = {
    size: source.size,
    bytes: 0,
    read(start: number, end: number): Promise<Uint8Array> {
      counting.bytes += end - start;
      return source.read(start, end);
    },
  };
  return counting;
}

describe("openSafetensors", () => {
  it.each<[string, () => Promise<ByteSource>]>([
    ["a Blob", () => Promise.resolve(blobSource(new Blob([bytes as Uint8Array<ArrayBuffer>])))],
    ["a URL", () => urlSource(`${address}/file`)],
  ])("reads single tensors from %s, and no more bytes than that", async (_, make) => {
    const source = counted(await make());
    const file = await openSafetensors(source);
    expect(file.entries.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ["big", "F32", [1000]],
      ["empty", "F32", [0]],
      ["small", "I32", [2]],
    ]);
    expect({ ...file.metadata }).toEqual({ format: "pt" });
    expect([...(await file.read("small")).toTypedArray()]).toEqual([1, 2]);
    expect((await file.read("empty")).shape).toEqual([0]);
    expect(source.bytes).toBe(bytes.byteLength - 4000);
    expect((await file.read("big")).sum().item()).toBe(1000);
    await expect(file.read("bigger")).rejects.toThrow('the file has no tensor "bigger"; it has 3: big, empty, small');
  });

  it("reads single tensors from a file, and notices when it shrinks", async () => {
    const path = join(folder, "weights.safetensors");
    await saveSafetensors(path, tensors);
    await using file = await openSafetensorsFile(path);
    expect([...(await file.read("small")).toTypedArray()]).toEqual([1, 2]);
    await truncate(path, 1000);
    await expect(file.read("big")).rejects.toThrow(
      /weights.safetensors: read safetensors: bytes .* the file changed or is truncated/,
    );
    await expect(openSafetensorsFile(path)).rejects.toMatchObject({ code: "format" });
    await expect(openSafetensorsFile(join(folder, "none"))).rejects.toMatchObject({ code: "file" });
  });

  it("says when a server has no file or no ranges", async () => {
    await expect(urlSource(`${address}/missing`)).rejects.toThrow(/the server answered 404/);
    await expect(urlSource(`${address}/whole`)).rejects.toThrow(/does not serve ranges/);
  });

  it("takes the size from the length where the range is hidden", async () => {
    const file = await openSafetensors(await urlSource(`${address}/hidden`));
    expect([...(await file.read("small")).toTypedArray()]).toEqual([1, 2]);
    await expect(urlSource(`${address}/no-size`)).rejects.toThrow(
      /the server must tell the size in Content-Range or Content-Length/,
    );
  });

  it("notices a file that changes on the server, and one that never ends", async () => {
    await expect(openSafetensors(await urlSource(`${address}/changing`))).rejects.toThrow(
      /the file changed on the server; open it/,
    );
    await expect(openSafetensors(await urlSource(`${address}/endless`))).rejects.toThrow(
      /endless: the server must send the 8 bytes it was asked for, got more/,
    );
  });

  it("asks a source for nothing it does not have", async () => {
    const source = counted(blobSource(new Blob([Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0), new Uint8Array(1016)])));
    await expect(openSafetensors(source)).rejects.toMatchObject({ code: "limit" });
    expect(source.bytes).toBe(8);
    await expect(openSafetensors(blobSource(new Blob([])))).rejects.toMatchObject({ code: "format" });
    await expect(openSafetensors(new Uint8Array(8) as unknown as ByteSource)).rejects.toThrow(
      "open safetensors: needs a source such as blobSource(blob), got an instance of Uint8Array",
    );
  });
});
