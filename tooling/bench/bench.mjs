import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { buildApp } from "../scripts/build-app.mjs";
import { pinnedNode, root } from "../scripts/workspace.mjs";

const here = import.meta.dirname;

/** `pnpm bench`: installs the peers on first use, builds `@unroll/wasm` where it is out of date, and runs the bench. */
installPeers();
await buildApp("@unroll/wasm");
const { status } = spawnSync(pinnedNode, [join(here, "src", "main.js"), ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;

function installPeers() {
  const lockfile = readFileSync(join(here, "pnpm-lock.yaml"), "utf8");
  const stamp = join(here, "node_modules", ".installed.yaml");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockfile) return;
  console.error("Installing the libraries to compare with …");
  const pnpm = join(root, "node_modules", ".bin", "pnpm");
  const { status } = spawnSync(pnpm, ["install", "--ignore-workspace", "--frozen-lockfile"], {
    cwd: here,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error("bench: the libraries could not be installed; check the network and run `pnpm install` first");
    process.exit(1);
  }
  writeFileSync(stamp, lockfile);
}
