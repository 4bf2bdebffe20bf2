/** Stable codes of every error this package throws. */
export type WasmErrorCode = "memory" | "unsupported" | "option" | "program" | "thread";

/** An error that names the operation, the rule, what it got and a remedy. */
export class WasmError extends Error {
  readonly code: WasmErrorCode;

  constructor(code: WasmErrorCode, message: string) {
    super(message);
    this.name = "WasmError";
    this.code = code;
  }
}
