import { useWasm } from "@unroll/wasm";

import { adding } from "./adding.js";
import { anbn } from "./counting.js";
import { embeddedReber } from "./embedded-reber.js";
import { runTask, type Verdict } from "./run-task.js";
import type { Task } from "./task.js";

const tasks: Readonly<Record<string, Task>> = {
  reber: embeddedReber,
  "adding-lstm": adding("lstm"),
  "adding-gru": adding("gru"),
  anbn,
};
const exitCodes: Readonly<Record<Verdict, number>> = { met: 0, missed: 1, interrupted: 130 };

process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !Object.hasOwn(tasks, name));
  if (unknown !== undefined) {
    console.error(
      `bench:tasks: the tasks are ${Object.keys(tasks).join(", ")}, got ${unknown}; give some of them, or none for all`,
    );
    return 2;
  }
  // A second Ctrl-C finds no handler and ends the process at once.
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupt.abort());
  await useWasm();
  let worst: Verdict = "met";
  for (const name of names.length > 0 ? names : Object.keys(tasks)) {
    const verdict = await runTask(tasks[name] as Task, { signal: interrupt.signal, print: console.log });
    if (verdict !== "met") worst = verdict;
    if (verdict === "interrupted") break;
  }
  return exitCodes[worst];
}
