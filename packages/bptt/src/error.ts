/** Stable codes of every error this package throws. */
export type TrainingErrorCode = "option" | "not-finite" | "model";

/** Where a training went bad. */
export interface TrainingErrorPlace {
  /** The update that was under way, counted from 1. */
  readonly step: number;
  readonly epoch: number;
  /** The batch of the epoch, counted from 0. */
  readonly batch: number;
  /** The layer that first made a value that is not finite, as `rnn.l0`. */
  readonly layer?: string;
  /** Its gate or state. */
  readonly gate?: string;
  /** Position in the batch. */
  readonly time?: number;
}

/** An error that names the operation, the rule, what it got and a remedy. */
export class TrainingError extends Error {
  readonly code: TrainingErrorCode;
  /** Only with code `not-finite`. */
  readonly place: TrainingErrorPlace | undefined;

  constructor(code: TrainingErrorCode, message: string, place?: TrainingErrorPlace) {
    super(message);
    this.name = "TrainingError";
    this.code = code;
    this.place = place;
  }
}
