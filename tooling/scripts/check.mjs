import { checkSteps, runSteps } from "./run-steps.mjs";

/** `pnpm check`: everything a commit must pass, without an install. */
const failed = runSteps(checkSteps);
console.log(failed.length === 0 ? "\nAll checks passed." : `\nFailed: ${failed.join("; ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
