import type { CompiledStep } from "../compiled-step.js";
import { overwritingText, passesText, savingText } from "./passes-text.js";
import { programText } from "./program-text.js";

/**
 * A step in words: as it was traced; for each of its loops the values it computes, what each pass of planning found and left, and the
 * program this became, with what runs before the loop over time, at each step and after it.
 */
export function explain({ text, plans }: CompiledStep): string {
  const { inference, training } = plans;
  const { plan, over } = training.backward();
  return [
    ["as traced, with its derivative; B is the batch", text.replace(/^/gm, "  ")],
    ["forward, without a gradient", ...passesText(inference.plan), ...programText(inference.plan)],
    ["forward", ...savingText(plans), ...passesText(training.forward.plan), ...programText(training.forward.plan)],
    ["backward", ...passesText(plan), ...overwritingText(over), ...programText(plan)],
  ]
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}
