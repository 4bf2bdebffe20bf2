import { existsSync } from "node:fs";
import { join } from "node:path";

import { cruise } from "dependency-cruiser";

import { wrongArrows } from "./arrows.js";
import { readMembers } from "./members.js";
import { boundaryRules } from "./rules.js";

/**
 * Checks the arrows of a workspace: as declared in its manifests, and as imported in its sources.
 *
 * @param {string} root - Folder of the workspace.
 * @returns {Promise<string[]>} One sentence per violation.
 */
export async function findViolations(root) {
  const members = readMembers(root);
  const rules = boundaryRules(members);
  const sources = members.map(({ path }) => `${path}/src`).filter((path) => existsSync(join(root, path)));
  const { output } = await cruise(
    sources,
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: rules },
      doNotFollow: { path: "node_modules" },
      tsPreCompilationDeps: true,
      enhancedResolveOptions: {
        exportsFields: ["exports"],
        conditionNames: ["@unroll/source", "import", "default"],
      },
    },
    { extensionAlias: { ".js": [".ts", ".js"] } },
  );
  const comments = new Map(rules.map(({ name, comment }) => [name, comment]));
  const violations = output.summary.violations.map(
    ({ from, to, rule }) => `${rule.name}: ${from} -> ${to}. ${comments.get(rule.name)}`,
  );
  return [...wrongArrows(members), ...violations];
}
