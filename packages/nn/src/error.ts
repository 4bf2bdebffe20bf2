/** Stable codes of every error this package throws. */
export type ModuleErrorCode =
  "not-tensor" | "state-dict" | "generator-states" | "shape" | "option" | "targets" | "lengths" | "scores" | "freed";

/** An error that names the operation, the rule, what it got and a remedy. */
export class ModuleError extends Error {
  readonly code: ModuleErrorCode;

  constructor(code: ModuleErrorCode, message: string) {
    super(message);
    this.name = "ModuleError";
    this.code = code;
  }
}

/** Throws a {@link ModuleError}. */
export function fail(code: ModuleErrorCode, message: string): never {
  throw new ModuleError(code, message);
}
