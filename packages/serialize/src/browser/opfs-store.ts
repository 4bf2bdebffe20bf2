import { checkName, checkpointStore, type CheckpointStore } from "../checkpoint/store.js";
import { fail } from "../error.js";
import { withStorageErrors } from "./storage-error.js";

/** Where {@link opfsStore} keeps checkpoints. */
export interface OpfsStoreOptions {
  /** Folder at the root of the site's private file system, default `"checkpoints"`. */
  readonly folder?: string;
}

/**
 * Checkpoints as files of the browser's private file system of this site (OPFS), in pages and workers. The browser may
 * clear it when space runs out, unless the site called `navigator.storage.persist()`.
 *
 * @throws SerializeError `name` for a folder that is a path; the methods `unsupported` where the browser cannot write such files
 *
 * @see https://fs.spec.whatwg.org/
 */
export function opfsStore({ folder = "checkpoints" }: OpfsStoreOptions = {}): CheckpointStore {
  checkName("opfsStore", folder);
  const open = (): Promise<FileSystemDirectoryHandle> => openFolder(folder);
  return checkpointStore({
    place: `the browser's folder ${folder}`,
    write: (name, parts, { previous }) =>
      withStorageErrors(async () => {
        const directory = await open();
        const old = previous === undefined ? undefined : await find(directory, name);
        if (previous !== undefined && old !== undefined) await replace(directory, previous, [old]);
        await replace(directory, name, parts as readonly Uint8Array<ArrayBuffer>[]);
      }),
    read: (name) =>
      withStorageErrors(async () => {
        const file = await find(await open(), name);
        return file === undefined ? undefined : new Uint8Array(await file.arrayBuffer());
      }),
    names: () =>
      withStorageErrors(async () => {
        const directory = await open();
        const names: string[] = [];
        for await (const name of directory.keys()) if ((await find(directory, name)) !== undefined) names.push(name);
        return names;
      }),
    remove: (name) =>
      withStorageErrors(async () => {
        const directory = await open();
        if ((await find(directory, name)) !== undefined) await directory.removeEntry(name);
      }),
  });
}

async function openFolder(folder: string): Promise<FileSystemDirectoryHandle> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  if (typeof storage?.getDirectory !== "function") {
    return fail(
      "unsupported",
      "there is no private file system here: pages have it under https or localhost, Node has files; use indexedDbStore or folderStore",
    );
  }
  return (await storage.getDirectory()).getDirectoryHandle(folder, { create: true });
}

// A file is made empty and filled when its first writing ends: an empty one was never written.
async function find(directory: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  try {
    const file = await (await directory.getFileHandle(name)).getFile();
    return file.size === 0 ? undefined : file;
  } catch (error) {
    const missing = error instanceof DOMException && (error.name === "NotFoundError" || error.name === "TypeMismatchError");
    if (missing) return undefined;
    throw error;
  }
}

// The stream writes elsewhere and takes the file's place when it is closed; one that is never closed leaves no trace.
async function replace(
  directory: FileSystemDirectoryHandle,
  name: string,
  parts: readonly (Blob | Uint8Array<ArrayBuffer>)[],
): Promise<void> {
  const handle = await directory.getFileHandle(name, { create: true });
  if (typeof handle.createWritable !== "function")
    fail("unsupported", "this browser cannot write to its private file system in this way; use indexedDbStore");
  const stream = await handle.createWritable();
  try {
    for (const part of parts) await stream.write(part);
  } catch (error) {
    await stream.abort().catch(() => undefined);
    throw error;
  }
  await stream.close();
}
