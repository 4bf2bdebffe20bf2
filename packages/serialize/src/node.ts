export { loadCheckpoint, loadSafetensors, saveCheckpoint, saveSafetensors } from "./node/files.js";
