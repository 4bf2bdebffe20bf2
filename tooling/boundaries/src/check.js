import { fileURLToPath } from "node:url";

import { findViolations } from "./find-violations.js";

const violations = await findViolations(fileURLToPath(new URL("../../..", import.meta.url)));
for (const violation of violations) console.error(violation);
console.log(violations.length === 0 ? "The arrows hold." : `${violations.length} wrong arrows.`);
process.exitCode = violations.length === 0 ? 0 : 1;
