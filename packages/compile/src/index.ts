export { compileStep } from "./compiled-step.js";
export type { CompiledStep } from "./compiled-step.js";
export { CompileError } from "./error.js";
export type { CompileErrorCode } from "./error.js";
export { explain } from "./explain/explain.js";
export { fuse } from "./fuse.js";
export { canCompile } from "./run/program-backend.js";
export type { SequenceInputs, SequenceOptions, SequenceOutputs } from "./sequence.js";
export type { StepInputs, StepOutputs, StepSizes, Tensors } from "./trace/trace-step.js";
