import { ProgressLine } from "./progress.js";

/** Keeps the progress line, the clock and Ctrl-C of one training. */
export class TrainingMonitor {
  /** Characters learned from. */
  elements = 0;
  /** The signal that stopped it: SIGINT after Ctrl-C. */
  interrupted: "SIGINT" | "SIGTERM" | undefined;
  readonly #line = new ProgressLine();
  readonly #stop = new AbortController();
  readonly #total: number;
  readonly #minutes: number | undefined;
  #steps: number;
  #started = performance.now();
  #loss = NaN;

  /** @param options - steps in all, steps done before, and the minutes after which it ends. */
  constructor({ total, from, minutes }: { readonly total: number; readonly from: number; readonly minutes: number | undefined }) {
    this.#total = total;
    this.#steps = from;
    this.#minutes = minutes;
    this.#line.start();
    process.once("SIGINT", this.#interrupt);
    process.once("SIGTERM", this.#interrupt);
  }

  /** Ends the training after the update in progress. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  step(loss: number, elements: number): void {
    this.#steps++;
    this.elements += elements;
    this.#loss = Number.isNaN(this.#loss) ? loss : 0.95 * this.#loss + 0.05 * loss;
    const { seconds } = this;
    const perStep = (seconds * elements) / this.elements;
    const leftBySteps = perStep * (this.#total - this.#steps);
    const leftByClock = this.#minutes === undefined ? Infinity : Math.max(0, this.#minutes * 60 - seconds);
    const secondsLeft = Math.min(leftBySteps, leftByClock);
    const done = leftByClock < leftBySteps ? seconds / (seconds + leftByClock) : this.#steps / this.#total;
    this.#line.update({ done, loss: this.#loss, speed: this.elements / seconds, secondsLeft });
    if (leftByClock === 0) this.#stop.abort();
  }

  stop(): void {
    this.#line.stop();
    process.off("SIGINT", this.#interrupt);
    process.off("SIGTERM", this.#interrupt);
  }

  // A second Ctrl-C finds no handler and ends the process at once.
  readonly #interrupt = (signal: NodeJS.Signals): void => {
    this.interrupted = signal === "SIGTERM" ? signal : "SIGINT";
    this.#stop.abort();
  };
}
