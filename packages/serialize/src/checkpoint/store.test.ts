import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { checkpointStoreConformance } from "../conformance.js";
import { memoryStore } from "../index.js";
import { folderStore } from "../node.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "unroll-serialize-"));
});
afterAll(() => rm(folder, { recursive: true }));

const memory = memoryStore();
checkpointStoreConformance("memory", () => memory);
checkpointStoreConformance("a folder", () => folderStore(join(folder, "checkpoints")));

it("says what is there when a checkpoint is not", async () => {
  const store = memoryStore();
  await expect(store.load("nope")).rejects.toThrow(
    /^load checkpoint "nope" from memory: there is none of that name; none is saved there yet$/,
  );
  await store.save("second", {});
  await store.save("first", {});
  await expect(store.load("nope")).rejects.toThrow("there is none of that name; saved there: first, second");
  await expect(store.load(undefined as unknown as string)).rejects.toMatchObject({ code: "name" });
});
