import { SingleBar } from "cli-progress";

/** What the progress line shows. */
export interface Progress {
  /** 0 to 1. */
  readonly done: number;
  /** Nats per character, smoothed. */
  readonly loss: number;
  /** Characters per second. */
  readonly speed: number;
  readonly secondsLeft: number;
}

const warmingUp = { loss: NaN, speed: NaN, secondsLeft: NaN } satisfies Omit<Progress, "done">;
const betweenLines = 5000;

/** One line that is kept up to date in a terminal; elsewhere a plain line every five seconds, and the last one once. */
export class ProgressLine {
  readonly #stream: NodeJS.WritableStream;
  readonly #bar: SingleBar | undefined;
  #latest: string = describe({ done: 0, ...warmingUp });
  #written: { readonly text: string; readonly at: number } | undefined;

  /** @param stream - where it is shown, default the standard output. */
  constructor(stream: NodeJS.WritableStream & { readonly isTTY?: boolean } = process.stdout) {
    this.#stream = stream;
    if (stream.isTTY !== true) return;
    this.#bar = new SingleBar({
      format: (_, { value }, payload) => describe({ ...(payload as Progress), done: value / 1000 }),
      hideCursor: true,
      clearOnComplete: false,
      fps: 5,
      stream,
      gracefulExit: false,
    });
  }

  start(): void {
    if (this.#bar === undefined) this.#write();
    else this.#bar.start(1000, 0, warmingUp);
  }

  update(progress: Progress): void {
    this.#bar?.update(Math.floor(progress.done * 1000), progress);
    this.#latest = describe(progress);
    if (this.#bar === undefined && performance.now() - (this.#written?.at ?? 0) >= betweenLines) this.#write();
  }

  stop(): void {
    if (this.#bar !== undefined) return this.#bar.stop();
    if (this.#latest !== this.#written?.text) this.#write();
    this.#stream.write("\n");
  }

  #write(): void {
    this.#written = { text: this.#latest, at: performance.now() };
    this.#stream.write(`${this.#latest}\n`);
  }
}

function describe({ done, loss, speed, secondsLeft }: Progress): string {
  if (Number.isNaN(loss)) return "  0.0 %  warming up";
  const perSecond = Math.round(speed).toLocaleString("en-US");
  return `${(done * 100).toFixed(1).padStart(5)} %  loss ${loss.toFixed(3)} nats/char  ${perSecond} char/s  ${duration(secondsLeft)} left`;
}

/** As `1 min 05 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
