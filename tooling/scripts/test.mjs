import "./require-node.mjs";

import { chromium } from "./chromium.mjs";
import { install } from "./install.mjs";
import { checkSteps, runSteps } from "./run-steps.mjs";
import { clearTestResults, countTests } from "./test-results.mjs";

/** `npm test`: installs the workspace, runs the checks, then the built packages on this Node and a short training. */
install({ scope: "workspace" });
clearTestResults();

// Within `npm test` the installed Node stands first in PATH; npm says which one it runs on itself.
const hostNode = process.env.npm_node_execpath ?? process.execPath;

const steps = [
  ...checkSteps,
  { name: "built packages on the Node that runs npm", command: [hostNode, "tooling/scripts/smoke-host.mjs"] },
  { name: "training smoke", command: ["turbo", "run", "smoke", "--continue=always", "--output-logs=full"] },
];
const failedSteps = runSteps(steps);
const tests = countTests();

console.log(
  chromium === undefined
    ? "\nNo Chromium was found: the browser tests (tooling/browser-tests) were left out."
    : `\nThe browser tests ran in ${chromium}.`,
);
for (const line of [...tests.failures, ...failedSteps]) console.log(`failed: ${line}`);
const failed = tests.failed + failedSteps.length;
console.log(`${tests.passed + steps.length - failedSteps.length} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
