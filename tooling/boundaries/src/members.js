import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Every package and app of a workspace, with what it declares.
 *
 * @param {string} root - Folder of the workspace.
 * @returns {{ path: string, name: string, isApp: boolean, dependencies: string[], devDependencies: string[], entries: string[] }[]}
 *   `path` from the root (`packages/nn`), workspace dependencies as such paths, and the sources of the public entries.
 */
export function readMembers(root) {
  const manifests = ["packages", "apps"].flatMap((group) =>
    (existsSync(join(root, group)) ? readdirSync(join(root, group)) : [])
      .map((folder) => `${group}/${folder}`)
      .filter((path) => existsSync(join(root, path, "package.json")))
      .map((path) => ({ path, manifest: JSON.parse(readFileSync(join(root, path, "package.json"), "utf8")) })),
  );
  const pathOf = new Map(manifests.map(({ path, manifest }) => [manifest.name, path]));
  const workspacePaths = (names) => Object.keys(names ?? {}).flatMap((name) => pathOf.get(name) ?? []);
  return manifests.map(({ path, manifest }) => ({
    path,
    name: manifest.name,
    isApp: path.startsWith("apps/"),
    dependencies: workspacePaths({ ...manifest.dependencies, ...manifest.peerDependencies }),
    devDependencies: workspacePaths(manifest.devDependencies),
    entries: Object.values(manifest.exports ?? {}).flatMap((entry) =>
      entry["@unroll/source"] === undefined ? [] : [join(path, entry["@unroll/source"])],
    ),
  }));
}
