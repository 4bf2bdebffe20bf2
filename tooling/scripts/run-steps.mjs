import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";

import { chromium } from "./chromium.mjs";
import { pinnedNode, root } from "./workspace.mjs";

/** The checks of every commit, in the order of what they cost. */
export const checkSteps = [
  { name: "format", command: ["prettier", "--check", "--cache", "--log-level", "warn", "."] },
  { name: "unused code and dependencies", command: ["knip", "--no-config-hints"] },
  {
    name: "lint, types, arrows, unit tests, build",
    command: [
      "turbo",
      "run",
      "lint",
      "check-types",
      "test",
      "build",
      "--continue=dependencies-successful",
      "--output-logs=errors-only",
    ],
  },
  { name: "packed packages and sizes", command: ["turbo", "run", "gates", "--output-logs=errors-only"] },
];

/**
 * Runs every step, also after one has failed.
 *
 * @param {readonly { name: string, command: readonly string[] }[]} steps - Commands, found in `node_modules/.bin` first.
 * @returns {string[]} The names of the steps that failed.
 */
export function runSteps(steps) {
  const path = [dirname(pinnedNode), join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const turbo = { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
  // Named, so that turbo can tell results with a browser from those without.
  const env = { ...process.env, ...turbo, PATH: path, ...(chromium === undefined ? {} : { CHROMIUM_PATH: chromium }) };
  return steps.flatMap(({ name, command: [program, ...args] }) => {
    console.log(`\n── ${name}`);
    const started = Date.now();
    const { status } = spawnSync(program, args, { cwd: root, env, stdio: "inherit", shell: process.platform === "win32" });
    console.log(`── ${name}: ${status === 0 ? "passed" : "FAILED"} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
    return status === 0 ? [] : [name];
  });
}
