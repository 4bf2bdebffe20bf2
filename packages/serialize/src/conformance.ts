export { checkpointStoreConformance } from "./conformance/checkpoint-store.js";
