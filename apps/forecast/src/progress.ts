import { constants } from "node:os";

import { SingleBar } from "cli-progress";

import { significant } from "./significant.js";
import type { TrainingProgress } from "./train-cell.js";

/** One line that is kept up to date in a terminal; a plain line every ten seconds elsewhere. */
export class ProgressLine {
  readonly #started = performance.now();
  readonly #bar: SingleBar;

  /** @param name - of what is being trained. */
  constructor(name: string) {
    this.#bar = new SingleBar({
      format: (_, __, payload) => `  ${name.padEnd(10)}${describe(payload as TrainingProgress, this.#seconds)}`,
      hideCursor: true,
      clearOnComplete: false,
      noTTYOutput: true,
      notTTYSchedule: 10_000,
      fps: 5,
      stream: process.stdout,
      // Its own handlers take the signal and let the process run on.
      gracefulExit: false,
    });
    this.#bar.start(1, 0, { done: 0, epoch: 1, validation: undefined } satisfies TrainingProgress);
    process.once("SIGINT", this.#end);
    process.once("SIGTERM", this.#end);
  }

  update(progress: TrainingProgress): void {
    this.#bar.update(progress.done, progress);
  }

  stop(): void {
    process.off("SIGINT", this.#end);
    process.off("SIGTERM", this.#end);
    this.#bar.stop();
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  // Shows the cursor again and ends as a shell reports a signal: 130 for Ctrl-C, 143 for SIGTERM.
  readonly #end = (signal: NodeJS.Signals): void => {
    this.stop();
    process.exit(128 + constants.signals[signal]);
  };
}

function describe({ done, epoch, validation }: TrainingProgress, seconds: number): string {
  const error = validation === undefined ? "" : `  validation MAE ${significant(validation)}`;
  const left = done > 0 && done < 1 ? `  ${Math.ceil((seconds / done) * (1 - done))} s left` : "";
  return `${(done * 100).toFixed(0).padStart(3)} %  epoch ${epoch}${error}  ${Math.round(seconds)} s${left}`;
}
