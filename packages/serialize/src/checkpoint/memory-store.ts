import { joinParts } from "../safetensors/encode.js";
import { checkpointStore, type CheckpointStore } from "./store.js";

/**
 * Checkpoints in memory, gone with the process: for tests, and where nothing may be stored.
 *
 * @example
 * const store = memoryStore();
 * await store.save("first", { step: 3 });
 * (await store.load("first")).step; // 3
 */
export function memoryStore(): CheckpointStore {
  const files = new Map<string, Uint8Array>();
  return checkpointStore({
    place: "memory",
    write(name, parts, { previous }) {
      const old = files.get(name);
      if (previous !== undefined && old !== undefined) files.set(previous, old);
      files.set(name, joinParts(parts));
      return Promise.resolve();
    },
    // A copy: what is read may be written into.
    read: (name) => Promise.resolve(files.get(name)?.slice()),
    names: () => Promise.resolve([...files.keys()]),
    remove(name) {
      files.delete(name);
      return Promise.resolve();
    },
  });
}
