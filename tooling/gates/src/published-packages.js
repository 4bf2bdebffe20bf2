import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const packages = fileURLToPath(new URL("../../../packages", import.meta.url));

/** Every package that goes to the registry, as `{ folder, manifest }`. */
export const publishedPackages = readdirSync(packages)
  .map((name) => ({
    folder: join(packages, name),
    manifest: JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")),
  }))
  .filter(({ manifest }) => manifest.private !== true);
