import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll } from "vitest";

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
