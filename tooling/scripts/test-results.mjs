import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import { readStamp, workspacePackages } from "./workspace.mjs";

const resultsOf = (folder) => join(folder, "test-results.json");

/** Removes what earlier runs left, so that only this run is counted; a cached task puts its results back. */
export function clearTestResults() {
  for (const { folder } of workspacePackages()) rmSync(resultsOf(folder), { force: true });
}

/** Sums the vitest results of every package; a package without results, or a file that did not load, is one failure. */
export function countTests() {
  const total = { passed: 0, failed: 0, failures: [] };
  for (const { folder, manifest } of workspacePackages()) {
    if (![manifest.scripts?.test, manifest.scripts?.gates].includes("vitest run")) continue;
    const results = existsSync(resultsOf(folder)) ? readStamp(resultsOf(folder)) : undefined;
    const failures =
      results === undefined
        ? ["its tests did not run"]
        : results.testResults.flatMap(({ name, status, assertionResults }) => {
            const failed = assertionResults.filter((test) => test.status === "failed").map(({ fullName }) => fullName);
            return failed.length === 0 && status === "failed" ? [`${name} did not load`] : failed;
          });
    total.passed += results?.numPassedTests ?? 0;
    total.failed += failures.length;
    total.failures.push(...failures.map((failure) => `${manifest.name}: ${failure}`));
  }
  return total;
}
