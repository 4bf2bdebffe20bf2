import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { median } from "../measure.js";
import { readWorkFile } from "./work-file.js";

/**
 * One contestant in a process of its own: reads commands by the line, answers each by one line of JSON.
 *
 *   prepare <file>     -> { supported: true, about } | { supported: false, why }
 *   check <seconds>    -> { losses, times, peak }      the first 3 steps, fewer where they take longer than that
 *   run <seconds>      -> { times, processor, peak }   milliseconds of each step; of a step on the processor, in the main thread;
 *                                                      MiB of memory at most, and before `prepare`
 *   profile <seconds>  -> { phases }                   median milliseconds of each phase of a step; {} where there are none
 *
 * The end of its input ends it.
 */
const { contestant } = await import(pathToFileURL(process.argv[2]));
console.log = console.error; // answers alone go to the standard output
const checkedSteps = 3;
let task;
let work;
let before;

const commands = {
  async prepare(file) {
    work = readWorkFile(file);
    const supported = contestant.supports(work);
    if (supported !== true) return { supported: false, why: supported };
    before = residentMebibytes("VmRSS");
    task = await contestant.prepare(work);
    return { supported: true, about: contestant.about };
  },

  async check(seconds) {
    const losses = [];
    const times = [];
    for (const end = performance.now() + seconds * 1000; times.length < checkedSteps;) {
      times.push(await timeOne());
      losses.push(await task.loss());
      if (performance.now() > end) break;
    }
    return { losses, times, peak: memory() };
  },

  async run(seconds) {
    const times = [];
    const start = processorTime();
    for (const end = performance.now() + seconds * 1000; times.length === 0 || performance.now() < end;) {
      times.push(await timeOne());
    }
    return { times, processor: ((processorTime() - start) * (task.share ?? 1)) / times.length, peak: memory() };
  },

  profile(seconds) {
    if (task.profile === undefined) return { phases: {} };
    const samples = {};
    let steps = 0;
    for (const end = performance.now() + seconds * 1000; steps === 0 || performance.now() < end; steps++) {
      let last = performance.now();
      task.profile((phase) => {
        const now = performance.now();
        (samples[phase] ??= []).push(now - last);
        last = now;
      });
    }
    return { phases: Object.fromEntries(Object.entries(samples).map(([phase, times]) => [phase, median(times)])) };
  },
};

async function timeOne() {
  const start = performance.now();
  const pending = task.step();
  if (pending !== undefined) await pending;
  return (performance.now() - start) * (task.share ?? 1);
}

/** Milliseconds that this thread was on the processor: others on a busy machine do not add to it. */
function processorTime() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function memory() {
  return { most: residentMebibytes("VmHWM"), before };
}

/** Of `/proc`, since what the system counts for a child begins with the memory of its parent; undefined where there is none. */
function residentMebibytes(field) {
  try {
    const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"));
    return Number(line?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument] = line.split(/ (.*)/);
  let answer;
  try {
    answer = await commands[command](command === "prepare" ? argument : Number(argument));
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
task?.dispose();
process.exit(0); // worker threads of a library would keep the process alive
