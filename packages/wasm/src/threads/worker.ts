// The whole program of a worker; scripts/build-worker.mjs bundles it into the text of src/generated/worker.ts.
import { argumentsAt, command, mailboxBytes, mostArguments, mostText, state, textAt, turnsBeforeSleep, word } from "./mailbox.js";
import type { WorkerStart } from "./worker-start.js";

type Entry = (...args: readonly number[]) => unknown;

interface Port {
  onmessage: ((event: { readonly data: WorkerStart }) => void) | null;
  postMessage(message: unknown): void;
}

interface NodeLike {
  readonly process?: { getBuiltinModule?(name: string): { readonly parentPort: Port | null } };
}

const scope = globalThis as unknown as Port & NodeLike;
const port: Port = scope.process?.getBuiltinModule?.("node:worker_threads").parentPort ?? scope;

port.onmessage = ({ data }) => serve(data);

// Never returns: the thread ends by being terminated, or with the process.
function serve({ memory, kernels, mailbox }: WorkerStart): void {
  const { buffer } = memory;
  const words = new Int32Array(buffer, mailbox, mailboxBytes / 4);
  const numbers = new Float64Array(buffer, mailbox + argumentsAt, mostArguments);
  const text = new Uint16Array(buffer, mailbox + textAt, mostText);
  const kernelExports = new WebAssembly.Instance(kernels, { env: { memory } }).exports;
  const programs: Entry[][] = [Object.values(kernelExports) as Entry[]];

  const link = ([pointer = 0, length = 0, ...forgotten]: readonly number[]): void => {
    for (const program of forgotten) programs[program] = [];
    // A copy, since engines compile no bytes of shared memory.
    const module = new WebAssembly.Module(new Uint8Array(memory.buffer, pointer, length).slice());
    const { exports } = new WebAssembly.Instance(module, { env: { memory }, kernels: kernelExports });
    programs.push(Object.values(exports) as Entry[]);
  };

  const obey = (): void => {
    const args = Array.from(numbers.subarray(0, words[word.argumentCount]));
    if (words[word.command] === command.link) link(args);
    else (programs[words[word.program] as number]?.[words[word.entry] as number] as Entry)(...args);
  };

  port.postMessage("ready");
  for (;;) {
    waitForPost(words);
    if (Atomics.compareExchange(words, word.state, state.posted, state.running) !== state.posted) continue;
    let next: number = state.idle;
    try {
      obey();
    } catch (error) {
      const message = String(error).slice(0, mostText);
      for (let index = 0; index < message.length; index++) text[index] = message.charCodeAt(index);
      words[word.textLength] = message.length;
      next = state.failed;
    }
    if (Atomics.exchange(words, word.state, next) === state.awaited) Atomics.notify(words, word.state);
  }
}

function waitForPost(words: Int32Array): void {
  for (let turn = 0; turn < turnsBeforeSleep; turn++) {
    if (Atomics.load(words, word.state) === state.posted) return;
  }
  if (Atomics.compareExchange(words, word.state, state.idle, state.asleep) === state.posted) return;
  Atomics.wait(words, word.state, state.asleep);
}
