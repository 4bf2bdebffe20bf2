import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const template = fileURLToPath(new URL("../template", import.meta.url));

/**
 * Copies the template to `packages/<name>`.
 *
 * @param {string | undefined} name - In kebab-case, without the scope.
 * @param {{ root: string }} options - `root`, the folder of the workspace.
 * @returns {string} The folder made.
 * @throws Error when the name is not in kebab-case or taken.
 */
export function makePackage(name, { root }) {
  if (name === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Error(`new:package: the name must be in kebab-case, got ${name ?? "nothing"}; try \`pnpm new:package my-package\``);
  }
  const folder = join(root, "packages", name);
  if (existsSync(folder)) throw new Error(`new:package: the name must be free, got ${name}; packages/${name} exists`);
  cpSync(template, folder, { recursive: true });
  for (const file of readdirSync(folder, { recursive: true }).map((path) => join(folder, path))) {
    if (statSync(file).isDirectory()) continue;
    const filled = readFileSync(file, "utf8").replaceAll("__name__", name);
    writeFileSync(file, filled);
  }
  return folder;
}
