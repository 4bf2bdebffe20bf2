import { parseArgs } from "node:util";

/**
 * Reads the command line, or says what is wrong with it and ends.
 *
 * @param {import("node:util").ParseArgsConfig} config - As `parseArgs` takes it.
 */
export function readOptions(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(`bench: ${error.message.split(". ")[0]}; the options stand in tooling/bench/README.md`);
    process.exit(1);
  }
}
