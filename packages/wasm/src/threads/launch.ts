import { workerScript } from "../generated/worker.js";

/** A worker of Node or of a page. */
export interface Launched {
  postMessage(message: unknown): void;
  /** Ends it at once. */
  terminate(): Promise<void>;
  /** Lets the process end while it runs. */
  unref(): void;
}

interface Events {
  readonly onMessage: () => void;
  /** It ended, or never started; `reason` completes "thread 2 …". */
  readonly onLost: (reason: string) => void;
}

interface NodeWorker {
  on(event: string, listener: (value: unknown) => void): void;
  postMessage(message: unknown): void;
  terminate(): Promise<unknown>;
  unref(): void;
}

interface WorkerThreads {
  readonly Worker: new (script: string, options: object) => NodeWorker;
}

interface NodeLike {
  readonly process?: { getBuiltinModule?(name: string): WorkerThreads | undefined };
}

const workerThreads = (): WorkerThreads | undefined =>
  (globalThis as NodeLike).process?.getBuiltinModule?.("node:worker_threads");

/** Why threads cannot share memory here; undefined where they can. */
export function sharingRefused(): string | undefined {
  if (
    typeof SharedArrayBuffer === "undefined" ||
    (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === false
  ) {
    return "this page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)";
  }
  if (workerThreads() === undefined && typeof Worker === "undefined") return "this engine has no workers";
  return undefined;
}

/** Starts a worker from the embedded script. */
export function launch(name: string, events: Events): Launched {
  const threads = workerThreads();
  return threads === undefined ? launchInPage(name, events) : launchInNode(threads, name, events);
}

function launchInNode({ Worker }: WorkerThreads, name: string, { onMessage, onLost }: Events): Launched {
  // No execArgv: what the process preloads is of no use to a worker.
  const worker = new Worker(workerScript, { eval: true, name, execArgv: [] });
  worker.on("message", onMessage);
  worker.on("error", (error) => onLost(`failed: ${String(error)}`));
  worker.on("exit", (code) => onLost(`ended with exit code ${String(code)}`));
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: async () => void (await worker.terminate()),
    unref: () => worker.unref(),
  };
}

function launchInPage(name: string, { onMessage, onLost }: Events): Launched {
  const url = URL.createObjectURL(new Blob([workerScript], { type: "text/javascript" }));
  const worker = new Worker(url, { name });
  worker.onmessage = () => {
    URL.revokeObjectURL(url);
    onMessage();
  };
  worker.onerror = ({ message }) => onLost(message ? `failed: ${message}` : "was not allowed to start");
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => Promise.resolve(worker.terminate()),
    unref: () => undefined,
  };
}
