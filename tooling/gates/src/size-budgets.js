/**
 * Largest size of a package's main entry, minified and compressed with brotli, its dependencies in the workspace left out
 * and all others counted.
 */
export const sizeBudgets = {
  "@unroll/tensor": "12 kB",
  "@unroll/wasm": "40 kB",
};

/** The budget of a package that the table does not name. */
export const defaultBudget = "10 kB";
