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

/** One line that is kept up to date in a terminal; a plain line every five seconds elsewhere. */
export class ProgressLine {
  readonly #bar = new SingleBar({
    format: (_, { value }, payload) => describe({ ...(payload as Progress), done: value / 1000 }),
    hideCursor: true,
    clearOnComplete: false,
    noTTYOutput: true,
    notTTYSchedule: 5000,
    fps: 5,
    stream: process.stdout,
    gracefulExit: false,
  });

  start(): void {
    this.#bar.start(1000, 0, { loss: NaN, speed: NaN, secondsLeft: NaN } satisfies Omit<Progress, "done">);
  }

  update(progress: Progress): void {
    this.#bar.update(Math.floor(progress.done * 1000), progress);
  }

  stop(): void {
    this.#bar.stop();
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
