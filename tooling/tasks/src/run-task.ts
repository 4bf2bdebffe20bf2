import { median } from "./median.js";
import type { Task } from "./task.js";

/** How a task ended. */
export type Verdict = "met" | "missed" | "interrupted";

/** Where a run reports to, and what ends it. */
export interface RunOptions {
  readonly signal: AbortSignal;
  /** Gets each line as soon as it is known. */
  readonly print: (line: string) => void;
}

/**
 * Trains a task from each of its seeds, and prints a Markdown table with a line per training, the median and the verdict. Time is that of
 * the processor, which says on a busy machine too what a training costs.
 */
export async function runTask(task: Task, { signal, print }: RunOptions): Promise<Verdict> {
  const figures: number[] = [];
  const row = (label: string | number, figure: number, before: NodeJS.CpuUsage): void => {
    const rounded = figure.toLocaleString("en", { maximumFractionDigits: 6 });
    const { user, system } = process.cpuUsage(before);
    print(`| ${label} | ${rounded} | ${((user + system) / 60e6).toFixed(2)} |`);
  };
  print(`## ${task.title}\n\n${task.method}\n\n| seed | ${task.figure} | CPU minutes |\n| --- | ---: | ---: |`);
  const begun = process.cpuUsage();
  for (const seed of task.seeds) {
    const before = process.cpuUsage();
    const figure = await task.train(seed, signal);
    if (signal.aborted) {
      print(`\nInterrupted in the training of seed ${seed}.`);
      return "interrupted";
    }
    figures.push(figure);
    row(seed, figure, before);
  }
  row("median, and minutes of all", median(figures), begun);
  const verdict = task.isMet(figures) ? "met" : "missed";
  print(`\nTarget ${verdict}: ${task.target}.\n`);
  return verdict;
}
