import { checkpointStore, type CheckpointStore } from "../checkpoint/store.js";
import { fail } from "../error.js";
import { joinParts } from "../safetensors/encode.js";
import { withStorageErrors } from "./storage-error.js";

/** Where {@link indexedDbStore} keeps checkpoints. */
export interface IndexedDbStoreOptions {
  /** Name of the site's database, default `"unroll"`. */
  readonly database?: string;
}

const table = "checkpoints";

/**
 * Checkpoints in a database of the browser (IndexedDB), in pages and workers; every browser has it. A save is one
 * transaction. The browser may clear it when space runs out, unless the site called `navigator.storage.persist()`.
 *
 * The methods throw SerializeError `unsupported` where there is no IndexedDB.
 *
 * @see https://www.w3.org/TR/IndexedDB/
 */
export function indexedDbStore({ database = "unroll" }: IndexedDbStoreOptions = {}): CheckpointStore {
  const transact = <R>(mode: IDBTransactionMode, run: (records: IDBObjectStore) => R | Promise<R>): Promise<R> =>
    withStorageErrors(() => transaction(database, mode, run));
  return checkpointStore({
    place: `the browser's database ${database}`,
    write(name, parts, { previous }) {
      const bytes = joinParts(parts);
      return transact("readwrite", async (records) => {
        const old: unknown = previous === undefined ? undefined : await settled(records.get(name));
        if (old !== undefined) records.put(old, previous);
        records.put(bytes, name);
      });
    },
    read: (name) => transact("readonly", (records) => settled(records.get(name) as IDBRequest<Uint8Array | undefined>)),
    names: () => transact("readonly", async (records) => (await settled(records.getAllKeys())).map(String)),
    remove: (name) =>
      transact("readwrite", (records) => {
        records.delete(name);
      }),
  });
}

/** Opens the database for one transaction; resolves when it has reached the disk. */
async function transaction<R>(
  database: string,
  mode: IDBTransactionMode,
  run: (records: IDBObjectStore) => R | Promise<R>,
): Promise<R> {
  if ((globalThis.indexedDB as IDBFactory | undefined) === undefined)
    fail("unsupported", "there is no IndexedDB here; use memoryStore, or folderStore in Node");
  const opening = indexedDB.open(database, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(table);
  const connection = await settled(opening);
  try {
    const open = connection.transaction(table, mode, { durability: "strict" });
    const done = new Promise<void>((resolve, reject) => {
      open.oncomplete = () => resolve();
      open.onabort = () => reject(open.error ?? new DOMException("the transaction was aborted", "AbortError"));
    });
    const finished = (async () => run(open.objectStore(table)))();
    // A part of the writes must not stay; a transaction that has ended already refuses, and needs no end.
    finished.catch(() => open.abort()).catch(() => undefined);
    const [result] = await Promise.all([finished, done]);
    return result;
  } finally {
    connection.close();
  }
}

function settled<R>(request: IDBRequest<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException("the request failed", "UnknownError"));
  });
}
