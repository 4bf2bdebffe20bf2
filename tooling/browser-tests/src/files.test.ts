import { blobSource, encodeCheckpoint, encodeSafetensors, openSafetensors, urlSource } from "@unroll/serialize";
import { downloadCheckpoint, downloadSafetensors, readCheckpoint, readSafetensors } from "@unroll/serialize/browser";
import { fromTypedArray, ones } from "@unroll/tensor";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => vi.restoreAllMocks());

// What a click on a download link would save: its suggested name and bytes.
function nextDownload(): Promise<File> {
  return new Promise((resolve) => {
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      resolve(fetch(this.href).then(async (response) => new File([await response.blob()], this.download)));
    });
  });
}

describe("a download", () => {
  it("of a checkpoint reads back from the file", async () => {
    const downloaded = nextDownload();
    downloadCheckpoint("training.safetensors", { step: 4, x: ones([3]) });
    const file = await downloaded;
    expect(file.name).toBe("training.safetensors");
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(encodeCheckpoint({ step: 4, x: ones([3]) }));
    expect((await readCheckpoint(file))["step"]).toBe(4);
  });

  it("of tensors reads back whole or one by one", async () => {
    const downloaded = nextDownload();
    downloadSafetensors("weights.safetensors", { big: ones([1000]), small: fromTypedArray(Int32Array.of(1, 2), [2]) });
    const file = await downloaded;
    expect(Object.keys((await readSafetensors(file)).tensors)).toEqual(["big", "small"]);
    const lazy = await openSafetensors(blobSource(file));
    expect([...(await lazy.read("small")).toTypedArray()]).toEqual([1, 2]);
  });

  it("names the file that cannot be read", async () => {
    const broken = new File(["hello, world"], "broken.safetensors");
    await expect(readCheckpoint(broken)).rejects.toThrow(/^read broken.safetensors: read safetensors: a header has at most/);
    const gone = Object.assign(new File([], "gone"), {
      arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")),
    });
    await expect(readSafetensors(gone)).rejects.toMatchObject({ code: "file" });
  });
});

describe("an address", () => {
  it("gives single tensors by ranges", async () => {
    const bytes = encodeSafetensors({ big: ones([1000]), small: ones([2]) });
    const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    const file = await openSafetensors(await urlSource(address));
    expect((await file.read("small")).sum().item()).toBe(2);
  });
});
