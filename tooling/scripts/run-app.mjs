import { spawn } from "node:child_process";
import { constants } from "node:os";

import { pinnedNode, root } from "./workspace.mjs";

/**
 * Runs a script under the pinned Node with this process's terminal, and resolves to its exit code.
 *
 * Ctrl-C goes to the whole terminal group, so the app gets it directly and this process only waits. Without a
 * terminal a signal reaches this process alone, and is passed on once.
 *
 * @param {readonly string[]} args - Script and its arguments.
 */
export function runApp(args) {
  return new Promise((resolve) => {
    const child = spawn(pinnedNode, args, { cwd: root, stdio: "inherit" });
    let passedOn = false;
    for (const signal of ["SIGINT", "SIGTERM"]) {
      process.on(signal, () => {
        if (passedOn || (signal === "SIGINT" && process.stdin.isTTY)) return;
        passedOn = true;
        child.kill(signal);
      });
    }
    child.on("close", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
