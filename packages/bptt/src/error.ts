/** Stable codes of every error this package throws. */
export type TrainingErrorCode = "option" | "not-finite" | "model";

/** An error that names the operation, the rule, what it got and a remedy. */
export class TrainingError extends Error {
  readonly code: TrainingErrorCode;

  constructor(code: TrainingErrorCode, message: string) {
    super(message);
    this.name = "TrainingError";
    this.code = code;
  }
}
