import { SingleBar } from "cli-progress";

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
      gracefulExit: true,
    });
    this.#bar.start(1, 0, { done: 0, epoch: 1, validation: undefined } satisfies TrainingProgress);
  }

  update(progress: TrainingProgress): void {
    this.#bar.update(progress.done, progress);
  }

  stop(): void {
    this.#bar.stop();
  }

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }
}

function describe({ done, epoch, validation }: TrainingProgress, seconds: number): string {
  const error = validation === undefined ? "" : `  validation MAE ${significant(validation)}`;
  const left = done > 0 && done < 1 ? `  ${Math.ceil((seconds / done) * (1 - done))} s left` : "";
  return `${(done * 100).toFixed(0).padStart(3)} %  epoch ${epoch}${error}  ${Math.round(seconds)} s${left}`;
}

/** A figure with four significant digits in at most seven characters, as `1,234`, `12.34`, `0.1234` or `1.23e-5`. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return value.toExponential(2).replace("e+", "e");
  const digits = size === 0 ? 0 : Math.max(0, 3 - Math.floor(Math.log10(size)));
  return value.toLocaleString("en-US", {
    minimumFractionDigits: Math.min(digits, 5),
    maximumFractionDigits: Math.min(digits, 5),
  });
}
