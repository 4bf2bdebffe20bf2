export { checkModelSize } from "./check-model-size.js";
export { isOutOfMemory } from "./is-out-of-memory.js";
export { makeFolder } from "./make-folder.js";
export { numberOption } from "./number-option.js";
export { UserError } from "./user-error.js";
