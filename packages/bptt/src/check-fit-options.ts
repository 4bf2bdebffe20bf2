import { TrainingError } from "./error.js";
import type { FitOptions } from "./fit-options.js";

/** @throws TrainingError `option` for settings out of their range, or that need others. */
export function checkFitOptions<S>(options: FitOptions<S>): void {
  const { accumulate = 1, epochs = 1, earlyStopping, validation, checkpoint } = options;
  checkCount("accumulate", accumulate);
  if (epochs !== Infinity) checkCount("epochs + 1", epochs + 1);
  if (validation?.every !== undefined) checkCount("validation.every", validation.every);
  if (earlyStopping !== undefined) {
    if (validation === undefined) {
      throw new TrainingError(
        "option",
        "fit: earlyStopping needs a figure to watch, got no validation; give validation: { batches }",
      );
    }
    if (earlyStopping.patience !== Infinity) checkCount("earlyStopping.patience", earlyStopping.patience);
  }
  if (checkpoint === undefined) return;
  const given = Object.entries(checkpoint.every);
  if (given.length === 0) throw new TrainingError("option", "fit: checkpoint.every needs steps, minutes or epochs, got none");
  for (const [unit, value] of given) {
    if (unit === "minutes" ? !(value >= 0) : !Number.isInteger(value) || value < 1) {
      throw new TrainingError(
        "option",
        `fit: checkpoint.every.${unit} must be positive${unit === "minutes" ? "" : " and whole"}, got ${value}`,
      );
    }
  }
}

function checkCount(option: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new TrainingError("option", `fit: ${option} must be a positive integer, got ${value}`);
}
