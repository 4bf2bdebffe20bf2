import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { makePackage } from "./src/make-package.js";

/** `pnpm new:package <name>`: a package that passes `pnpm check` as it stands. */
const root = fileURLToPath(new URL("../..", import.meta.url));
try {
  const folder = makePackage(process.argv[2], { root });
  console.log(`Made ${folder}; linking it …`);
  const { status } = spawnSync("pnpm", ["install"], { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) throw new Error("pnpm install failed: see above");
  console.log("Next: put its name into tooling/boundaries/src/layers.js where it belongs, and write its first test.");
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
