import { resolve } from "node:path";

import { fail, SerializeError } from "../error.js";
import { kindOf } from "../plain-record.js";

const remedies: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file; check the path or save one first",
  EACCES: "permission is denied; change the rights or choose another folder",
  EPERM: "the operation is not permitted; change the rights or choose another folder",
  EROFS: "the file system is read-only; choose another folder",
  EISDIR: "this is a folder; give the path of a file",
  ENOTDIR: "a part of the path is a file, not a folder; choose another path",
  EEXIST: "a part of the path is a file, not a folder; choose another path",
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "the disk quota is used up; free some space",
};

/** What the file system said, with a remedy; undefined for errors that are not the file system's. */
export function systemError(cause: unknown): SerializeError | undefined {
  if (!(cause instanceof Error) || !("syscall" in cause)) return undefined;
  const { code = "" } = cause as NodeJS.ErrnoException;
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new SerializeError(full ? "quota" : "file", remedies[code] ?? cause.message, { cause });
}

/** Runs a file operation; every error says which file it was, and what to do. */
export async function named<R>(operation: string, path: string, run: () => Promise<R>): Promise<R> {
  if (typeof path !== "string") fail("value", `${operation}: a path is a string, got ${kindOf(path)}`);
  try {
    return await run();
  } catch (thrown) {
    const error = thrown instanceof SerializeError ? thrown : systemError(thrown);
    if (error === undefined) throw thrown;
    return fail(error.code, `${operation}: ${resolve(path)}: ${error.message}`, { cause: thrown });
  }
}
