/** What went wrong. */
export type CompileErrorCode =
  /** A step reads elements, mixes the rows of a batch, or depends on something that is not among its inputs. */
  | "untraceable"
  /** A step uses an operation that has no place in a program over rows. */
  | "unsupported"
  /** Inputs do not have the names and shapes that a program was made for. */
  | "mismatch";

/** An error of this package. The first two codes mean: run this step on the tape. */
export class CompileError extends Error {
  override readonly name = "CompileError";
  readonly code: CompileErrorCode;

  constructor(code: CompileErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
