import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { publishedEntries } from "./published-entries.js";
import { publishedPackages } from "./published-packages.js";
import { sizeBudgets } from "./size-budgets.js";

const here = fileURLToPath(new URL("..", import.meta.url));
const bin = (name) => join(here, "node_modules", ".bin", name);

/** Runs a command and returns its exit code, its standard output, and that together with its errors. */
async function run(command, args, cwd = here) {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd });
    return { code: 0, stdout, output: stdout + stderr };
  } catch (error) {
    return { code: error.code, stdout: error.stdout, output: `${error.stdout}${error.stderr}` };
  }
}

describe.concurrent.each(publishedPackages)("$manifest.name", ({ folder }) => {
  let destination;
  let tarball;

  beforeAll(async () => {
    destination = mkdtempSync(join(tmpdir(), "unroll-pack-"));
    const { code, output } = await run("pnpm", ["pack", "--pack-destination", destination], folder);
    expect(code, output).toBe(0);
    tarball = join(destination, readdirSync(destination)[0]);
  });
  afterAll(() => rmSync(destination, { recursive: true }));

  it("packs what publint accepts", async () => {
    const { code, output } = await run(bin("publint"), ["run", tarball, "--strict"]);
    expect(code, output).toBe(0);
  });

  it("has types that resolve in ES modules", async () => {
    const { code, output } = await run(bin("attw"), [tarball, "--profile", "esm-only", "--no-emoji"]);
    expect(code, output).toBe(0);
  });
});

describe("sizes", async () => {
  const { stdout, output } = await run(bin("size-limit"), ["--json"]);
  const checks = stdout.trim().startsWith("[") ? JSON.parse(stdout) : [];

  it("are measured for every entry", () => {
    expect(
      checks.map(({ name }) => name),
      output,
    ).toEqual(publishedEntries.map(({ name }) => name));
  });

  it("have budgets for entries that there are", () => {
    const names = publishedEntries.map(({ name }) => name);
    expect(Object.keys(sizeBudgets).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(checks)("$name is within its budget", ({ name, size, sizeLimit }) => {
    expect(size, `${name} has ${size} bytes; make it smaller, or raise its budget in size-budgets.js`).toBeLessThanOrEqual(
      sizeLimit,
    );
  });
});
