import { WasmError } from "../error.js";
import type { Pool } from "../pool.js";
import { command, mailboxBytes, mostArguments } from "./mailbox.js";
import { Thread } from "./thread.js";

/** An export that every thread has. */
export interface TeamCall {
  readonly name: string;
  /** Number of the program and of its export; the kernels are program 0. */
  readonly program: number;
  readonly entry: number;
  /** The export of the calling thread's own instance. */
  readonly own: (...args: readonly number[]) => unknown;
}

// Parts are of equal size, so a worker that needs a hundred times as long as the calling thread, and five seconds, is dead.
const patience = { milliseconds: 5000, timesOwn: 100 };

/** The calling thread and its workers: runs the parts of a call side by side. */
export class Team {
  // Outlives every team, as a worker does that nobody ends.
  static #owners: FinalizationRegistry<Team> | undefined;
  readonly #pool: Pool;
  #threads: readonly Thread[];
  #programs = 1;
  // Programs that nobody can call any more; the workers hear of them with the next one.
  readonly #forgotten: number[] = [];
  readonly #callers = new FinalizationRegistry<number>((program) => void this.#forgotten.push(program));

  constructor(pool: Pool, threads: readonly Thread[]) {
    this.#pool = pool;
    this.#threads = threads;
  }

  /** @throws Error with the reason where a worker does not start. */
  static async start(pool: Pool, kernels: WebAssembly.Module, size: number): Promise<Team> {
    const { memory } = pool;
    const starts = Array.from({ length: size - 1 }, (_, index) => {
      const mailbox = pool.allocate(mailboxBytes).pointer;
      return Thread.start({ memory, kernels, mailbox }, `thread ${index + 2} of ${size}`);
    });
    const settled = await Promise.allSettled(starts);
    const threads = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const refused = settled.find((result) => result.status === "rejected");
    if (refused === undefined) return new Team(pool, threads);
    await Promise.all(threads.map((thread) => thread.stop()));
    throw refused.reason;
  }

  /** Threads that work, the calling one among them: 1 after {@link Team.close} and after a failure. */
  get size(): number {
    return this.#threads.length + 1;
  }

  /**
   * Calls `own(...args[0])` here and the rest in the workers, and returns when all have returned. What no worker has begun by the
   * time that the own part is done runs here: nothing waits for a worker to wake up.
   *
   * @throws WasmError `thread` naming the worker that failed; the calling thread is alone from then on.
   */
  run(call: TeamCall, args: readonly (readonly number[])[]): void {
    this.#check(call.name, args);
    if (args.length > 1) this.#share(call, args);
    else call.own(...(args[0] ?? []));
  }

  #check(name: string, args: readonly (readonly number[])[]): void {
    this.#expectAlive(name);
    if (args.length > this.size) {
      throw new WasmError(
        "option",
        `${name}: at most one list of arguments per thread, got ${args.length} for ${this.size}; join some`,
      );
    }
    for (const { length } of args) {
      if (length <= mostArguments) continue;
      throw new WasmError("option", `${name}: at most ${mostArguments} arguments, got ${length}; pass more in memory`);
    }
  }

  #share({ name, program, entry, own }: TeamCall, [first = [], ...rest]: readonly (readonly number[])[]): void {
    const order = { command: command.call, program, entry };
    rest.forEach((part, index) => this.#threads[index]?.post(order, part));
    const start = performance.now();
    try {
      own(...first);
      rest.forEach((part, index) => {
        if (this.#threads[index]?.takeBack() === true) own(...part);
      });
    } finally {
      // After an error here, what has not begun need not begin.
      rest.forEach((_, index) => this.#threads[index]?.takeBack());
      this.#finish(rest.length, name, patience.milliseconds + patience.timesOwn * (performance.now() - start));
    }
  }

  /** Compiles a program in every worker and returns its number. */
  link(bytes: Uint8Array): number {
    const name = "link";
    this.#expectAlive(name);
    if (this.#threads.length === 0) return this.#programs++;
    const block = this.#pool.allocate(bytes.length);
    try {
      new Uint8Array(this.#pool.memory.buffer, block.pointer, bytes.length).set(bytes);
      const order = { command: command.link, program: 0, entry: 0 };
      const args = [block.pointer, bytes.length, ...this.#forgotten.splice(0, mostArguments - 2)];
      for (const thread of this.#threads) thread.post(order, args);
      this.#finish(this.#threads.length, name, patience.milliseconds + patience.timesOwn);
    } finally {
      this.#pool.release(block);
    }
    return this.#programs++;
  }

  /** Lets the workers forget a program when its caller is garbage-collected. */
  forgetWith(caller: object, program: number): void {
    if (this.#threads.length > 0) this.#callers.register(caller, program);
  }

  /** Ends the workers when `owner` is garbage-collected. */
  endWith(owner: object): void {
    Team.#owners ??= new FinalizationRegistry((team) => void team.close());
    Team.#owners.register(owner, this);
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map((thread) => thread.stop()));
  }

  #finish(count: number, name: string, milliseconds: number): void {
    const failures = this.#threads.slice(0, count).flatMap((thread) => {
      const reason = thread.finish(milliseconds);
      return reason === undefined ? [] : [`${thread.name} ${reason}`];
    });
    if (failures[0] !== undefined) this.#fail(failures[0], name);
  }

  #expectAlive(name: string): void {
    const lost = this.#threads.find((thread) => thread.lost !== undefined);
    if (lost !== undefined) this.#fail(`${lost.name} ${lost.lost}`, name);
  }

  #fail(what: string, name: string): never {
    void this.close();
    throw new WasmError("thread", `${name}: ${what}; the backend goes on with one thread: resume from the last checkpoint`);
  }
}
