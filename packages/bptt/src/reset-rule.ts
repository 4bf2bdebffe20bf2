import { checkWord } from "./check-option.js";

const resetRules = ["batch", "epoch", "never", "document"] as const;

/** When the carried state goes back to its start. */
export type ResetRule = (typeof resetRules)[number];

/** @throws TrainingError `option` for a rule that there is not. */
export function checkResetRule(operation: string, rule: ResetRule | undefined): void {
  if (rule !== undefined) checkWord(`${operation}: resetState`, rule, resetRules);
}
