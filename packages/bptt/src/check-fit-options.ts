import { checkBatches } from "./batch.js";
import { check, checkCount, checkWord } from "./check-option.js";
import { checkResume } from "./check-resume.js";
import type { FitOptions } from "./fit-options.js";
import { checkResetRule } from "./reset-rule.js";
import type { SequenceModel } from "./sequence-model.js";
import { truncatedWindows } from "./truncate.js";

/** @throws TrainingError `option` for settings out of their range, or that need others. */
export function checkFitOptions<S>(model: SequenceModel, options: FitOptions<S>): void {
  const { forward } = Object(model) as Partial<SequenceModel>;
  check(typeof forward === "function", "fit: the model must be a Module with forward(inputs, state)", model);
  const given = Object(options) as Partial<FitOptions<S>>;
  const { loss, optimizer, bptt = "full", clip, epochs = 1, accumulate = 1, validation, resume } = given;
  check(typeof loss === "function", "fit: loss must be a function (predictions, targets, { mask }) => scalar", loss);
  check(typeof optimizer?.update === "function", "fit: optimizer must have init and update", optimizer, "give adam(), for one");
  truncatedWindows(1, bptt);
  checkResetRule("fit", given.resetState);
  if (clip !== undefined) checkClip(clip);
  check(
    epochs === Infinity || (Number.isInteger(epochs) && epochs >= 0),
    "fit: epochs must be a whole number, 0 or more, or Infinity",
    epochs,
  );
  checkCount("fit: accumulate", accumulate);
  if (validation !== undefined) {
    checkBatches("fit: validation.batches", validation.batches);
    if (validation.every !== undefined) checkCount("fit: validation.every", validation.every);
  }
  if (given.earlyStopping !== undefined) checkEarlyStopping(given.earlyStopping, validation);
  if (given.checkpoint !== undefined) checkCheckpoint(given.checkpoint);
  if (resume !== undefined) checkResume(resume);
}

function checkClip(clip: NonNullable<FitOptions<never>["clip"]>): void {
  const { maxNorm, maxValue } = Object(clip) as { readonly maxNorm?: unknown; readonly maxValue?: unknown };
  check((maxNorm === undefined) !== (maxValue === undefined), "fit: clip must be either { maxNorm } or { maxValue }", clip);
  const bound = maxNorm ?? maxValue;
  check(
    typeof bound === "number" && bound > 0,
    `fit: clip.${maxNorm === undefined ? "maxValue" : "maxNorm"} must be above 0`,
    bound,
  );
}

function checkEarlyStopping(
  { patience, minimumImprovement = 0, monitor }: NonNullable<FitOptions<never>["earlyStopping"]>,
  validation: FitOptions<never>["validation"],
): void {
  check(validation !== undefined, "fit: earlyStopping needs a figure to watch", "no validation", "give validation: { batches }");
  if (patience !== Infinity) checkCount("fit: earlyStopping.patience", patience);
  check(
    Number.isFinite(minimumImprovement) && minimumImprovement >= 0,
    "fit: earlyStopping.minimumImprovement must be at least 0 and finite",
    minimumImprovement,
  );
  if (monitor === undefined) return;
  const measured = Object.keys(validation?.metrics ?? {});
  check(
    measured.includes(monitor.metric),
    `fit: earlyStopping.monitor.metric must be one of validation.metrics, ${measured.length === 0 ? "which has none" : measured.join(", ")}`,
    monitor.metric,
    "leave monitor out to watch the loss",
  );
  checkWord("fit: earlyStopping.monitor.better", monitor.better, ["higher", "lower"]);
}

function checkCheckpoint<S>({ every, save }: NonNullable<FitOptions<S>["checkpoint"]>): void {
  check(typeof save === "function", "fit: checkpoint.save must be a function of the checkpoint", save);
  const units = Object.entries(Object(every) as Readonly<Record<string, unknown>>);
  check(units.length > 0, "fit: checkpoint.every needs steps, minutes or epochs", "none");
  for (const [unit, value] of units) {
    checkWord("fit: checkpoint.every", unit, ["steps", "minutes", "epochs"]);
    if (unit !== "minutes") checkCount(`fit: checkpoint.every.${unit}`, value);
    else check((value as number) >= 0, "fit: checkpoint.every.minutes must be at least 0", value);
  }
}
