/** Stable codes of every error this package throws. */
export type AutogradErrorCode =
  | "not-tensor"
  | "not-scalar"
  | "not-recorded"
  | "unused"
  | "mismatch"
  | "freed"
  | "changed"
  | "anomaly"
  | "asynchronous"
  | "option";

/** An error that names the operation, the rule, what it got and a remedy. */
export class AutogradError extends Error {
  readonly code: AutogradErrorCode;

  constructor(code: AutogradErrorCode, message: string) {
    super(message);
    this.name = "AutogradError";
    this.code = code;
  }
}
