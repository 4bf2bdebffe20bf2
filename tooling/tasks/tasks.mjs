import { join } from "node:path";

import { buildApp } from "../scripts/build-app.mjs";
import { runApp } from "../scripts/run-app.mjs";

/** `pnpm bench:tasks [name …]`: builds what is out of date, then trains the tasks. */
await buildApp("@unroll/tasks");
process.exitCode = await runApp([join(import.meta.dirname, "dist", "main.js"), ...process.argv.slice(2)]);
