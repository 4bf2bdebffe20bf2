import type { CheckpointOptions } from "./fit-options.js";

/** Says when a checkpoint is due. */
export class CheckpointClock {
  readonly #every: CheckpointOptions<never>["every"];
  #saved: number = performance.now();

  constructor(every: CheckpointOptions<never>["every"] = {}) {
    this.#every = every;
  }

  /** Whether one is due when `now` updates are done and `before` were when one could last be saved. */
  dueAfterBatch(before: number, now: number): boolean {
    const { steps = Infinity, minutes = Infinity } = this.#every;
    const passed = Math.floor(now / steps) > Math.floor(before / steps);
    return passed || performance.now() - this.#saved >= minutes * 60_000;
  }

  /** Whether one is due after so many epochs. */
  dueAfterEpoch(epochs: number): boolean {
    return epochs % (this.#every.epochs ?? Infinity) === 0;
  }

  /** Hears that one was written. */
  saved(): void {
    this.#saved = performance.now();
  }
}
