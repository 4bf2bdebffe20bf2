import { builtinModules } from "node:module";

import { publishedEntries } from "./src/published-entries.js";
import { defaultBudget, sizeBudgets } from "./src/size-budgets.js";

const leftOut = ["@unroll/*", "node:*", ...builtinModules];

/** One check per entry of each package: everything it exports. */
export default publishedEntries.map(({ name, file, peers }) => ({
  name,
  path: file,
  limit: sizeBudgets[name] ?? defaultBudget,
  modifyEsbuildConfig: (config) => ({ ...config, format: "esm", external: [...leftOut, ...peers] }),
}));
