import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { buildApp } from "../scripts/build-app.mjs";
import { pinnedNode } from "../scripts/workspace.mjs";
import { installPeers } from "./install-peers.mjs";

/** `pnpm bench:rnn`: as `pnpm bench`, for whole trainings. */
installPeers();
for (const name of ["wasm", "cells", "optim", "serialize"]) await buildApp(`@unroll/${name}`);
const main = join(import.meta.dirname, "src", "rnn", "main.js");
const { status } = spawnSync(pinnedNode, [main, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
