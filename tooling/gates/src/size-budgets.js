/**
 * Largest size of a package's main entry, minified and compressed with brotli. Its dependencies in the workspace are left
 * out, all others are counted.
 */
export const sizeBudgets = {
  "@unroll/tensor": "12 kB",
  "@unroll/wasm": "40 kB",
  "@unroll/autograd": "9 kB",
  "@unroll/cells": "12 kB",
  "@unroll/optim": "5 kB",
  "@unroll/serialize": "8 kB",
  // Half of it is the CSV parser.
  "@unroll/data": "22 kB",
};

/** The budget of a package that the table does not name. */
export const defaultBudget = "10 kB";
