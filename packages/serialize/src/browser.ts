export { downloadCheckpoint, downloadSafetensors } from "./browser/download.js";
export { indexedDbStore } from "./browser/indexed-db-store.js";
export type { IndexedDbStoreOptions } from "./browser/indexed-db-store.js";
export { opfsStore } from "./browser/opfs-store.js";
export type { OpfsStoreOptions } from "./browser/opfs-store.js";
export { readCheckpoint, readSafetensors } from "./browser/read-blob.js";
