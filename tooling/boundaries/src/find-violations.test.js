import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, describe, expect, it } from "vitest";

import { findViolations } from "./find-violations.js";

const folders = [];

/** A workspace of files in a temporary folder, its packages linked as pnpm would. */
function workspaceOf(files) {
  const root = mkdtempSync(join(tmpdir(), "unroll-boundaries-"));
  folders.push(root);
  for (const [file, content] of Object.entries({ ...sound, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  mkdirSync(join(root, "node_modules", "@unroll"), { recursive: true });
  for (const name of ["tensor", "nn", "bptt"])
    symlinkSync(join(root, "packages", name), join(root, "node_modules", "@unroll", name));
  return root;
}

const manifest = (name, dependencies = {}) => ({
  name: `@unroll/${name}`,
  type: "module",
  exports: { ".": { "@unroll/source": "./src/index.ts", default: "./dist/index.js" } },
  dependencies,
});

const sound = {
  "packages/tensor/package.json": manifest("tensor"),
  "packages/tensor/src/index.ts": 'export { zeros } from "./create.js";\n',
  "packages/tensor/src/create.ts": "export const zeros = 0;\n",
  "packages/nn/package.json": manifest("nn", { "@unroll/tensor": "workspace:^" }),
  "packages/nn/src/index.ts": 'import { zeros } from "@unroll/tensor";\nexport const linear = zeros;\n',
  "packages/bptt/package.json": manifest("bptt", { "@unroll/nn": "workspace:^" }),
  "packages/bptt/src/index.ts": 'export { linear } from "@unroll/nn";\n',
  "apps/demo/package.json": { name: "@unroll/demo", type: "module", dependencies: { "@unroll/nn": "workspace:^" } },
  "apps/demo/src/main.ts": 'import { linear } from "@unroll/nn";\nconsole.log(linear);\n',
};

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("the rules", () => {
  it("find nothing in a sound workspace", async () => {
    expect(await findViolations(workspaceOf({}))).toEqual([]);
  });

  it("catch an import that points up", async () => {
    const root = workspaceOf({ "packages/tensor/src/create.ts": 'export { linear as zeros } from "@unroll/nn";\n' });
    const violations = await findViolations(root);
    expect(violations.some((line) => line.startsWith("packages/tensor: declared only: packages/tensor/src/create.ts"))).toBe(
      true,
    );
    expect(violations.some((line) => line.startsWith("no circle"))).toBe(true);
  });

  it("catch an import of types that points up", async () => {
    const root = workspaceOf({
      "packages/tensor/src/create.ts": 'export type { linear } from "@unroll/nn";\nexport const zeros = 0;\n',
    });
    expect(await findViolations(root)).toContainEqual(expect.stringMatching(/^packages\/tensor: declared only/));
  });

  it("catch a dependency that is declared to point up", async () => {
    const root = workspaceOf({ "packages/tensor/package.json": manifest("tensor", { "@unroll/bptt": "workspace:^" }) });
    expect(await findViolations(root)).toContainEqual(
      expect.stringMatching(/^@unroll\/tensor must not depend on packages\/bptt/),
    );
  });

  it("catch an import that is not declared, though it points down", async () => {
    const root = workspaceOf({ "packages/bptt/src/index.ts": 'export { zeros } from "@unroll/tensor";\n' });
    expect(await findViolations(root)).toEqual([expect.stringMatching(/^packages\/bptt: declared only/)]);
  });

  it("catch an app that reaches behind a public entry", async () => {
    const root = workspaceOf({
      "apps/demo/src/main.ts": 'import "../../../packages/nn/src/index.js";\nimport "../../../packages/tensor/src/create.js";\n',
    });
    const violations = await findViolations(root);
    expect(violations).toContainEqual(expect.stringMatching(/^packages\/tensor: public entries only: apps\/demo\/src\/main.ts/));
  });

  it("catch an import that resolves nowhere", async () => {
    const root = workspaceOf({ "packages/nn/src/index.ts": 'export { x } from "left-pad";\n' });
    expect(await findViolations(root)).toContainEqual(
      expect.stringMatching(/^resolvable: packages\/nn\/src\/index.ts -> left-pad/),
    );
  });
});

describe("this workspace", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));

  it("obeys them", async () => {
    expect(await findViolations(root)).toEqual([]);
  });
});
