import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { buildApp } from "../scripts/build-app.mjs";
import { pinnedNode } from "../scripts/workspace.mjs";
import { installPeers } from "./install-peers.mjs";

/** `pnpm bench`: installs the peers on first use, builds `@unroll/wasm` where it is out of date, and runs the bench. */
installPeers();
await buildApp("@unroll/wasm");
const main = join(import.meta.dirname, "src", "main.js");
const { status } = spawnSync(pinnedNode, [main, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
