import { expect, test } from "vitest";

import { runTask } from "./run-task.js";
import type { Task } from "./task.js";

const counting: Task = {
  title: "Counting",
  method: "Fingers.",
  figure: "fingers",
  target: "five at most",
  seeds: [1, 2, 3],
  train: (seed) => Promise.resolve(seed * 1000),
  isMet: (figures) => figures.every((figure) => figure <= 5000),
};

async function linesOf(task: Task, stop = new AbortController()): Promise<{ verdict: string; lines: string[] }> {
  const lines: string[] = [];
  const verdict = await runTask(task, { signal: stop.signal, print: (line) => lines.push(...line.split("\n")) });
  return { verdict, lines };
}

test("a row per seed, the median and the verdict", async () => {
  const { verdict, lines } = await linesOf(counting);
  expect(verdict).toBe("met");
  expect(lines).toEqual([
    "## Counting",
    "",
    "Fingers.",
    "",
    "| seed | fingers | CPU minutes |",
    "| --- | ---: | ---: |",
    "| 1 | 1,000 | 0.00 |",
    "| 2 | 2,000 | 0.00 |",
    "| 3 | 3,000 | 0.00 |",
    "| median, and minutes of all | 2,000 | 0.00 |",
    "",
    "Target met: five at most.",
    "",
  ]);
});

test("figures that miss the target are told", async () => {
  const { verdict, lines } = await linesOf({ ...counting, train: () => Promise.resolve(Infinity) });
  expect(verdict).toBe("missed");
  expect(lines).toContain("| 1 | ∞ | 0.00 |");
  expect(lines).toContain("Target missed: five at most.");
});

test("an interrupted training leaves no figure and ends the task", async () => {
  const stop = new AbortController();
  const train = (seed: number): Promise<number> => {
    if (seed === 2) stop.abort();
    return Promise.resolve(seed);
  };
  const { verdict, lines } = await linesOf({ ...counting, train }, stop);
  expect(verdict).toBe("interrupted");
  expect(lines.at(-1)).toBe("Interrupted in the training of seed 2.");
  expect(lines.filter((line) => /^\| \d/.test(line))).toEqual(["| 1 | 1 | 0.00 |"]);
});
