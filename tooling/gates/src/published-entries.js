import { join } from "node:path";

import { publishedPackages } from "./published-packages.js";

/**
 * Every entry that an app can import, as `{ name: "@unroll/serialize/node", file, peers }`; peers are what the app installs
 * beside it. The conformance suites are left out: they are for tests and are shipped nowhere.
 */
export const publishedEntries = publishedPackages.flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports)
    .filter(([subpath]) => subpath !== "./conformance")
    .map(([subpath, { default: file }]) => ({
      name: join(manifest.name, subpath),
      file: join(folder, file),
      peers: Object.keys(manifest.peerDependencies ?? {}),
    })),
);
