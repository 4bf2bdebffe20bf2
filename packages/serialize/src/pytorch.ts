export { decodePytorch, decodeStateDict } from "./pytorch/decode.js";
export type { PytorchValue, StateDictOptions } from "./pytorch/decode.js";
