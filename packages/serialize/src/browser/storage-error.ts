import { SerializeError, type SerializeErrorCode } from "../error.js";

const denied =
  "the browser denies storage here, as in private windows, with site data blocked or in frames of other sites; use memoryStore and downloadCheckpoint";

// By name of the exception. Old versions of Firefox throw InvalidStateError for IndexedDB in private windows.
const explanations: Readonly<Record<string, readonly [SerializeErrorCode, string]>> = {
  QuotaExceededError: [
    "quota",
    "the browser gives this site no more room; remove old checkpoints, or download them with downloadCheckpoint",
  ],
  SecurityError: ["file", denied],
  NotAllowedError: ["file", denied],
  InvalidStateError: ["file", denied],
  NoModificationAllowedError: ["file", "another tab or worker writes to it; try again when it is done"],
  NotReadableError: ["file", "it was replaced or removed while it was read; read it again"],
};

/** Runs an operation of the browser's storage; its exceptions become errors that say what to do. */
export async function withStorageErrors<R>(run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    const [code, message] = explanations[cause.name] ?? ["file", `the browser refused: ${cause.message}`];
    throw new SerializeError(code, message, { cause });
  }
}
