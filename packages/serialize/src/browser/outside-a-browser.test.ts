import { ones } from "@unroll/tensor";
import { describe, expect, it } from "vitest";

import {
  downloadCheckpoint,
  downloadSafetensors,
  indexedDbStore,
  opfsStore,
  readCheckpoint,
  readSafetensors,
} from "../browser.js";
import { encodeCheckpoint, encodeSafetensors } from "../index.js";

// The stores and downloads themselves are tested in a real browser, by tooling/browser-tests.
describe("outside a browser", () => {
  it.each([
    ["opfs", opfsStore(), /the browser's folder checkpoints: there is no private file system here/],
    ["indexedDb", indexedDbStore(), /the browser's database unroll: there is no IndexedDB here/],
  ])("%s says what it lacks", async (_, store, message) => {
    for (const attempt of [() => store.save("x", {}), () => store.load("x"), () => store.names(), () => store.remove("x")]) {
      await expect(attempt()).rejects.toMatchObject({ code: "unsupported", message: expect.stringMatching(message) as string });
    }
  });

  it("opfs refuses a folder that is a path", () => {
    expect(() => opfsStore({ folder: "a/b" })).toThrow(/^opfsStore: a name is up to 100 letters.*, got "a\/b"; rename it$/);
  });

  it("downloads say that they need a page", () => {
    expect(() => downloadCheckpoint("x.safetensors", {})).toThrow(
      "download x.safetensors: only a page can download, not a worker or Node; send the bytes to the page",
    );
    expect(() => downloadSafetensors("x.safetensors", {})).toThrow(expect.objectContaining({ code: "unsupported" }));
  });

  it("blobs are read all the same", async () => {
    const checkpoint = new Blob([encodeCheckpoint({ step: 2 }) as Uint8Array<ArrayBuffer>]);
    expect((await readCheckpoint(checkpoint))["step"]).toBe(2);
    const weights = new Blob([encodeSafetensors({ x: ones([3]) }) as Uint8Array<ArrayBuffer>]);
    expect((await readSafetensors(weights)).tensors["x"]?.shape).toEqual([3]);
    await expect(readCheckpoint(weights)).rejects.toThrow(/^read the blob: read checkpoint: this is a safetensors file/);
  });
});
