export { checkpointVersion, decodeCheckpoint, encodeCheckpoint } from "./checkpoint/checkpoint.js";
export type { CheckpointTree, CheckpointValue } from "./checkpoint/tree.js";
export { SerializeError } from "./error.js";
export type { SerializeErrorCode } from "./error.js";
export { decodeSafetensors } from "./safetensors/decode.js";
export type { Safetensors } from "./safetensors/decode.js";
export { encodeSafetensors } from "./safetensors/encode.js";
export type { SafetensorsOptions } from "./safetensors/encode.js";
