export { loadCheckpoint, loadSafetensors, saveCheckpoint, saveSafetensors } from "./node/files.js";
export { folderStore } from "./node/folder-store.js";
export { openSafetensorsFile } from "./node/open-file.js";
export type { SafetensorsFile } from "./node/open-file.js";
export type { WriteOptions } from "./node/write-atomically.js";
