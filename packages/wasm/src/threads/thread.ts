import { launch, type Launched } from "./launch.js";
import { argumentsAt, mailboxBytes, mostArguments, state, textAt, turnsBeforeSleep, word } from "./mailbox.js";
import type { WorkerStart } from "./worker-start.js";

/** What a thread is to do; see `command`. */
export interface Order {
  readonly command: number;
  readonly program: number;
  readonly entry: number;
}

/** The calling thread's side of one worker. */
export class Thread {
  /** `thread 2` for the first worker: the calling thread is the first. */
  readonly name: string;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #text: Uint16Array;
  #worker: Launched | undefined;
  #lost: string | undefined;

  private constructor({ memory: { buffer }, mailbox }: WorkerStart, name: string) {
    this.name = name;
    this.#words = new Int32Array(buffer, mailbox, mailboxBytes / 4).fill(0);
    this.#numbers = new Float64Array(buffer, mailbox + argumentsAt, mostArguments);
    this.#text = new Uint16Array(buffer, mailbox + textAt, (mailboxBytes - textAt) / 2);
  }

  /** @throws Error with the reason where the worker does not start. */
  static async start(given: WorkerStart, name: string): Promise<Thread> {
    const thread = new Thread(given, name);
    await new Promise<void>((ready, refuse) => {
      const worker = launch(name, {
        onMessage: ready,
        onLost: (reason) => {
          thread.#lost ??= reason;
          refuse(new Error(`${name} ${reason}`));
        },
      });
      thread.#worker = worker;
      worker.postMessage(given);
    });
    thread.#worker?.unref();
    return thread;
  }

  /** Why the worker is no more, where that is known. */
  get lost(): string | undefined {
    return this.#lost;
  }

  post(order: Order, args: readonly number[]): void {
    this.#words[word.command] = order.command;
    this.#words[word.program] = order.program;
    this.#words[word.entry] = order.entry;
    this.#words[word.argumentCount] = args.length;
    this.#numbers.set(args);
    if (Atomics.exchange(this.#words, word.state, state.posted) === state.asleep) Atomics.notify(this.#words, word.state);
  }

  /** Takes back an order that the worker has not begun; false where it has. */
  takeBack(): boolean {
    return Atomics.compareExchange(this.#words, word.state, state.posted, state.idle) === state.posted;
  }

  /** Waits until the worker has done what it began, at most `milliseconds`. Returns what went wrong. */
  finish(milliseconds: number): string | undefined {
    const end = performance.now() + milliseconds;
    for (;;) {
      for (let turn = 0; turn < turnsBeforeSleep; turn++) {
        const now = Atomics.load(this.#words, word.state);
        if (now === state.idle || now === state.asleep) return undefined;
        if (now === state.failed) return `failed: ${this.#message()}`;
      }
      if (performance.now() > end) return `has not answered for ${Math.round(milliseconds / 1000)} s`;
      this.#sleep(end);
    }
  }

  async stop(): Promise<void> {
    this.#lost = "was stopped";
    await this.#worker?.terminate();
  }

  // The main thread of a page may not sleep; it goes on looking.
  #sleep(end: number): void {
    if (!canSleep(this.#words)) return;
    if (Atomics.compareExchange(this.#words, word.state, state.running, state.awaited) !== state.running) return;
    Atomics.wait(this.#words, word.state, state.awaited, Math.max(0, end - performance.now()));
    Atomics.compareExchange(this.#words, word.state, state.awaited, state.running);
  }

  #message(): string {
    return String.fromCharCode(...this.#text.subarray(0, this.#words[word.textLength]));
  }
}

let sleeps: boolean | undefined;

function canSleep(words: Int32Array): boolean {
  if (sleeps === undefined) {
    try {
      Atomics.wait(words, word.textLength, -1, 0);
      sleeps = true;
    } catch {
      sleeps = false;
    }
  }
  return sleeps;
}
