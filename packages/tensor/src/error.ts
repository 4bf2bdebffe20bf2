/** Stable codes of every error this package throws. */
export type TensorErrorCode = "shape" | "axis" | "dtype" | "range" | "disposed" | "backend";

/** An error that names the operation, the rule, what it got and a remedy; `code` is stable across versions. */
export class TensorError extends Error {
  readonly code: TensorErrorCode;

  constructor(code: TensorErrorCode, message: string) {
    super(message);
    this.name = "TensorError";
    this.code = code;
  }
}

/** Throws a {@link TensorError}. */
export function fail(code: TensorErrorCode, message: string): never {
  throw new TensorError(code, message);
}
