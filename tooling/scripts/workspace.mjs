import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Root folder of the repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Node 24 of the root manifest: present once an install has run. */
export const pinnedNode = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** Folder of stamps and logs: goes away with `node_modules`, and so does what it vouches for. */
export const stateFolder = join(root, "node_modules", ".unroll");

/** Every workspace package as `{ folder, manifest }`. */
export function workspacePackages() {
  return ["packages", "apps", "tooling"].flatMap((group) =>
    (existsSync(join(root, group)) ? readdirSync(join(root, group)).sort() : [])
      .map((name) => join(root, group, name))
      .filter((folder) => existsSync(join(folder, "package.json")))
      .map((folder) => ({ folder, manifest: readManifest(folder) })),
  );
}

/** The `package.json` of a folder. */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** One hash over the names and bytes of files; a missing file counts as missing. */
export function hashFiles(files) {
  const hash = createHash("sha256");
  for (const file of [...files].sort()) {
    hash.update(`\0${relative(root, file)}\0`);
    hash.update(existsSync(file) ? readFileSync(file) : "missing");
  }
  return hash.digest("hex");
}

/** Every file under a folder, dependencies excepted; none when the folder is missing. */
export function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesUnder(join(folder, entry.name));
    return entry.isFile() ? [join(folder, entry.name)] : [];
  });
}

/** What a stamp file says, or undefined when it is missing or broken. */
export function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
