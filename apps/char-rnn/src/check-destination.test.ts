import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { saveCheckpoint } from "@unroll/serialize/node";
import { afterAll, expect, it } from "vitest";

import { checkDestination } from "./check-destination.js";

const folder = mkdtempSync(join(tmpdir(), "char-rnn-destination-"));
const at = (...names: readonly string[]): string => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true }));

writeFileSync(at("text"), "text");
symlinkSync(at("text"), at("link"));
mkdirSync(at("folder"));

it("makes a missing folder, leaves nothing in it, and takes a checkpoint of this app for replaceable", async () => {
  await checkDestination(at("a", "b", "new"), at("text"));
  expect(readdirSync(at("a", "b"))).toEqual([]);
  await saveCheckpoint(at("own"), { app: "char-rnn" });
  await checkDestination(at("own"), null);
  expect(existsSync(at("own"))).toBe(true);
});

it.each([
  ["the text", at("text"), "text to learn"],
  ["a link to it", at("link"), "text to learn"],
  ["a folder", at("folder"), "is a folder; choose another file with --checkpoint"],
  ["a place below a file", at("text", "new"), "(ENOTDIR); choose another file with --checkpoint"],
  ["a place below one that takes none", "/proc/x/new", "cannot be written to /proc/x/new ("],
  ["a device", "/dev/null", "no checkpoint of char-rnn"],
])("refuses %s", async (_, path, message) => {
  await expect(checkDestination(path, at("text"))).rejects.toThrow(message);
});

it("refuses the files of others", async () => {
  writeFileSync(at("note"), "a note, of more than eight bytes");
  await saveCheckpoint(at("foreign"), { app: "another" });
  for (const name of ["note", "foreign"]) {
    await expect(checkDestination(at(name), null)).rejects.toThrow(
      `would replace ${at(name)}, which is no checkpoint of char-rnn`,
    );
  }
});
