/** Stable codes of every error this package throws. */
export type CellErrorCode = "shape" | "option" | "lengths" | "result";

/** An error that names the operation, the rule, what it got and a remedy. */
export class CellError extends Error {
  readonly code: CellErrorCode;

  constructor(code: CellErrorCode, message: string) {
    super(message);
    this.name = "CellError";
    this.code = code;
  }
}
