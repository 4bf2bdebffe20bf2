import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makePackage } from "./make-package.js";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));

/** A workspace of one package, which borrows settings and installed packages from this one. */
let root;
let folder;

beforeAll(() => {
  // Outside packages/, so that no other check sees it; inside the workspace, so that settings are found.
  root = mkdtempSync(join(workspace, "node_modules", ".unroll-new-package-"));
  mkdirSync(join(root, "packages"));
  symlinkSync(join(workspace, "packages/autograd/node_modules"), join(root, "node_modules"));
  for (const file of ["tsconfig.base.json", ".prettierrc.json"])
    writeFileSync(join(root, file), readFileSync(join(workspace, file)));
  folder = makePackage("gated-thing", { root });
});
afterAll(() => rmSync(root, { recursive: true }));

const bin = (name) => join(workspace, "node_modules", ".bin", name);
const run = (program, args) => execFileSync(program, args, { cwd: folder, encoding: "utf8" });

describe("a new package", () => {
  it("has its name in place of the template's", () => {
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name).toBe("@unroll/gated-thing");
    expect(readFileSync(join(folder, "README.md"), "utf8")).not.toContain("__");
  });

  it("is formatted", () => {
    run(bin("prettier"), ["--check", "--ignore-path", "/dev/null", "src", "README.md", "package.json", "tsconfig.json"]);
  });

  it("passes the type check", () => {
    run(bin("tsc"), []);
  });

  it("bundles", () => {
    run(bin("tsup"), []);
    expect(readFileSync(join(folder, "dist/index.js"), "utf8")).toContain("meanOf");
  });
});

describe("makePackage", () => {
  it("refuses names that are taken or not in kebab-case", () => {
    expect(() => makePackage("gated-thing", { root })).toThrow("new:package: the name must be free, got gated-thing");
    expect(() => makePackage("GatedThing", { root })).toThrow("the name must be in kebab-case, got GatedThing");
    expect(() => makePackage(undefined, { root })).toThrow("got nothing; try `pnpm new:package my-package`");
  });
});
