// Bundles the program of a worker into one classic script, which starts from a text: no file to find beside the package.
import { fileURLToPath } from "node:url";

import { build } from "vite";

const entry = fileURLToPath(new URL("../src/threads/worker.ts", import.meta.url));

/** The script, minified. */
export async function workerScript() {
  const [{ output }] = await build({
    configFile: false,
    logLevel: "silent",
    build: { lib: { entry, formats: ["iife"], name: "worker" }, write: false, target: "es2022", minify: true },
  });
  return output[0].code.trim();
}
