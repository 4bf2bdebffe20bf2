import { SerializeError } from "@unroll/serialize";
import { checkpointStoreConformance } from "@unroll/serialize/conformance";
import { ones } from "@unroll/tensor";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cdp } from "vitest/browser";

import { openStore, type StoreKind } from "./open-store.js";

const kinds: readonly StoreKind[] = ["opfs", "indexedDb"];

for (const kind of kinds) checkpointStoreConformance(`${kind} in a page`, () => openStore(kind, "conformance"));

describe.each(kinds)("%s", (kind) => {
  afterEach(() => vi.restoreAllMocks());

  const store = openStore(kind, "errors");
  const refuse = (name: string): void => {
    const error = new DOMException("refused", name);
    if (kind === "opfs") vi.spyOn(FileSystemWritableFileStream.prototype, "write").mockRejectedValue(error);
    else {
      const put = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, "put")?.value as IDBObjectStore["put"];
      vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value, key) {
        if (typeof key === "string" && key.endsWith(".previous")) return put.call(this, value, key);
        throw error;
      });
    }
  };

  it("keeps the last good checkpoint when the browser refuses in the middle", async () => {
    await store.save("kept", { step: 1, x: ones([1000]) });
    refuse("QuotaExceededError");
    await expect(store.save("kept", { step: 2 }, { keepPrevious: true })).rejects.toMatchObject({ code: "quota" });
    await expect(store.save("new", { step: 2 })).rejects.toThrow(
      /^save checkpoint "new" to .*: the browser gives this site no more room; remove/,
    );
    vi.restoreAllMocks();
    expect(await store.names()).toEqual(["kept"]);
    expect((await store.load("kept"))["step"]).toBe(1);
    await store.save("kept", { step: 3 });
    expect((await store.load("kept"))["step"]).toBe(3);
  });

  it.each([
    ["SecurityError", /denies storage here, as in private windows/],
    ["UnknownError", /the browser refused: refused/],
  ])("explains %s", async (name, message) => {
    refuse(name);
    const saved = store.save("denied", {});
    await expect(saved).rejects.toThrow(SerializeError);
    await expect(saved).rejects.toMatchObject({ code: "file", message: expect.stringMatching(message) as string });
  });

  it("says where the browser has no such storage", async () => {
    if (kind === "opfs") vi.spyOn(navigator, "storage", "get").mockReturnValue({} as StorageManager);
    else vi.spyOn(globalThis, "indexedDB", "get").mockReturnValue(undefined as unknown as IDBFactory);
    await expect(store.save("x", {})).rejects.toMatchObject({ code: "unsupported" });
    await expect(store.load("x")).rejects.toThrow(/^load checkpoint "x" from the browser's .*: there is no .*; use /);
  });
});

it("opfs says where the browser cannot write", async () => {
  const { prototype } = FileSystemFileHandle;
  const original = Object.getOwnPropertyDescriptor(prototype, "createWritable") as PropertyDescriptor;
  Reflect.deleteProperty(prototype, "createWritable");
  try {
    await expect(openStore("opfs", "old").save("x", {})).rejects.toMatchObject({ code: "unsupported" });
  } finally {
    Object.defineProperty(prototype, "createWritable", original);
  }
});

it("opfs keeps the last good checkpoint when the browser's room is used up", async () => {
  const browser = cdp() as unknown as { send(method: string, parameters: object): Promise<void> };
  const limit = (quota: { readonly quotaSize?: number }): Promise<void> =>
    browser.send("Storage.overrideQuotaForOrigin", { origin: location.origin, ...quota });
  const store = openStore("opfs", "full");
  await store.save("kept", { step: 1 });
  await limit({ quotaSize: 1 });
  try {
    await expect(store.save("kept", { x: ones([1_000_000]) })).rejects.toMatchObject({ code: "quota" });
  } finally {
    await limit({});
  }
  expect((await store.load("kept"))["step"]).toBe(1);
});
