import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "unroll-wasm-"));
  const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));
  await build({
    configFile: false,
    logLevel: "silent",
    ssr: { noExternal: true, resolve: { conditions: ["@unroll/source"] } },
    build: {
      ssr: true,
      outDir: folder,
      rollupOptions: {
        input: Object.fromEntries(
          ["leaves-threads", "forgets-backends", "forgets-programs", "wide-vectors"].map((name) => [name, fixture(name)]),
        ),
        output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
      },
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

// Runs a fixture in a process of its own and gives what it printed; a process that stays alive is killed and fails.
async function run(name: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", join(folder, `${name}.mjs`), ...args], {
    timeout: 20_000,
  });
  return stdout;
}

it("ends with the process, without being told to", async () => {
  expect(await run("leaves-threads")).toBe(`3 ${256 * 300 * 256}\n`);
});

it("ends its workers when it is garbage-collected", async () => {
  expect(await run("forgets-backends")).toBe("6\n");
});

it("lets workers forget the programs that nobody calls, and no others", async () => {
  expect(await run("forgets-programs")).toBe("600\n");
});

describe.each(["plain", "relaxed"])("%s build", (build) => {
  it("gives the same bits with wide vectors", async () => {
    const narrow = await run("wide-vectors", "narrow", build);
    expect(narrow.split("\n")).toHaveLength(10);
    expect(await run("wide-vectors", "wide", build)).toBe(narrow);
  });
});
