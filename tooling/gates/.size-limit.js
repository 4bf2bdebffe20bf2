import { join } from "node:path";

import { publishedPackages } from "./src/published-packages.js";
import { defaultBudget, sizeBudgets } from "./src/size-budgets.js";

/** One check per package: everything its main entry exports. */
export default publishedPackages.map(({ folder, manifest }) => ({
  name: manifest.name,
  path: join(folder, "dist", "index.js"),
  limit: sizeBudgets[manifest.name] ?? defaultBudget,
  modifyEsbuildConfig: (config) => ({ ...config, format: "esm", external: ["@unroll/*", "node:*"] }),
}));
