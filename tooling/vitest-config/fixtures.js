import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "vite";

/**
 * Bundles fixtures of a package, each to be run in a process of its own.
 *
 * @param {string} testUrl - `import.meta.url` of a test in `src`.
 * @param {readonly string[]} names - Files in the package's folder `fixtures`, without `.ts`.
 */
export async function buildFixtures(testUrl, names) {
  const folder = mkdtempSync(join(tmpdir(), "unroll-fixtures-"));
  await build({
    configFile: false,
    logLevel: "silent",
    ssr: { noExternal: true, resolve: { conditions: ["@unroll/source"] } },
    build: {
      ssr: true,
      outDir: join(folder, "built"),
      rollupOptions: {
        input: Object.fromEntries(names.map((name) => [name, fileURLToPath(new URL(`../fixtures/${name}.ts`, testUrl))])),
        output: { entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" },
      },
    },
  });
  const scriptOf = (name) => join(folder, "built", `${name}.mjs`);
  return {
    folder,
    scriptOf,
    async run(name, args = [], { flags = [] } = {}) {
      const { stdout } = await promisify(execFile)(process.execPath, [...flags, scriptOf(name), ...args], { timeout: 60_000 });
      return stdout;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
