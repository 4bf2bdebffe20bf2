import { resolve } from "node:path";

import { fail, SerializeError } from "../error.js";

const remedies: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file; check the path or save one first",
  EACCES: "permission is denied; change the rights or choose another folder",
  EPERM: "the operation is not permitted; change the rights or choose another folder",
  EROFS: "the file system is read-only; choose another folder",
  EISDIR: "this is a folder; give the path of a file",
  ENOTDIR: "a part of the path is a file, not a folder; choose another path",
  EEXIST: "a part of the path is a file, not a folder; choose another path",
  ENOSPC: "the disk is full; free some space",
};

/** Runs a file operation; every error says which file it was, and what to do. */
export async function named<R>(operation: string, path: string, run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof SerializeError) fail(cause.code, `${operation}: ${resolve(path)}: ${cause.message}`, { cause });
    if (!(cause instanceof Error) || !("syscall" in cause)) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    return fail("file", `${operation}: ${resolve(path)}: ${remedies[code ?? ""] ?? cause.message}`, { cause });
  }
}
