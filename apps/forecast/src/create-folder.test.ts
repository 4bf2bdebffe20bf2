import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, it } from "vitest";

import { createFolder } from "./create-folder.js";

const folder = mkdtempSync(join(tmpdir(), "forecast-folder-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("creates a folder with those above it, or finds it there", async () => {
  const deep = join(folder, "a", "b", "c");
  await createFolder(deep);
  expect(existsSync(deep)).toBe(true);
  await createFolder(deep);
  await createFolder(".");
});

it("refuses at once where there can be none", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const path of [file, join(file, "below"), "/proc/x", "/proc/x/y"]) {
    await expect(createFolder(path)).rejects.toThrow(`cannot be written to ${path} (`);
  }
});
