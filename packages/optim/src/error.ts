/** Stable codes of every error this package throws. */
export type OptimizerErrorCode = "option" | "group" | "gradient" | "state";

/** An error that names the operation, the rule, what it got and a remedy. */
export class OptimizerError extends Error {
  readonly code: OptimizerErrorCode;

  constructor(code: OptimizerErrorCode, message: string) {
    super(message);
    this.name = "OptimizerError";
    this.code = code;
  }
}
