import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "../scripts/workspace.mjs";

const here = import.meta.dirname;

/** Installs the libraries to compare with, unless what the lockfile says is installed. Ends the process where that fails. */
export function installPeers() {
  const lockfile = readFileSync(join(here, "pnpm-lock.yaml"), "utf8");
  const stamp = join(here, "node_modules", ".installed.yaml");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lockfile) return;
  console.error("Installing the libraries to compare with …");
  const pnpm = join(root, "node_modules", ".bin", "pnpm");
  const { status } = spawnSync(pnpm, ["install", "--frozen-lockfile"], {
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
