export { compileStep } from "./compiled-step.js";
export type { CompiledStep, SequenceInputs, SequenceOptions, SequenceOutputs } from "./compiled-step.js";
export { CompileError } from "./error.js";
export type { CompileErrorCode } from "./error.js";
export { explain } from "./explain/explain.js";
export { fuse } from "./fuse.js";
export type { StepInputs, StepOutputs, StepSizes, Tensors } from "./trace/trace-step.js";
