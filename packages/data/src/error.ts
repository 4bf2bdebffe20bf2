/** Stable codes of every error this package throws. */
export type DataErrorCode =
  | "unknown-character"
  | "unknown-token"
  | "vocabulary"
  | "too-short"
  | "option"
  | "missing-value"
  | "timestamp"
  | "column"
  | "leak"
  | "not-fitted"
  | "format";

/** An error that names the operation, the rule, what it got and a remedy; `code` is stable across versions. */
export class DataError extends Error {
  readonly code: DataErrorCode;

  constructor(code: DataErrorCode, message: string) {
    super(message);
    this.name = "DataError";
    this.code = code;
  }
}

/** Throws a {@link DataError}. */
export function fail(code: DataErrorCode, message: string): never {
  throw new DataError(code, message);
}
