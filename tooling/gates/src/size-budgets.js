/**
 * Largest size of an entry with everything it exports, minified and compressed with brotli: what was measured and about a
 * tenth. Dependencies in the workspace and peers are left out, all others are counted.
 */
export const sizeBudgets = {
  "@unroll/tensor": "12 kB",
  "@unroll/wasm": "26 kB",
  "@unroll/autograd": "8.8 kB",
  "@unroll/nn": "9.4 kB",
  "@unroll/cells": "12.8 kB",
  "@unroll/optim": "5.2 kB",
  "@unroll/compile": "26 kB",
  "@unroll/bptt": "10.2 kB",
  "@unroll/serialize": "5.4 kB",
  "@unroll/serialize/node": "5.7 kB",
  "@unroll/serialize/browser": "5.8 kB",
  "@unroll/serialize/pytorch": "6.5 kB",
  // Nearly half of it is the messages of ONNX and their library.
  "@unroll/serialize/onnx": "45 kB",
  "@unroll/serialize/keras": "15.5 kB",
  "@unroll/serialize/tensorflow-js": "11.5 kB",
  "@unroll/serialize/inspect": "45 kB",
  "@unroll/data": "19 kB",
  // Most of it is the CSV parser.
  "@unroll/data/csv": "12.4 kB",
  "@unroll/data/subwords": "2.7 kB",
};

/** The budget of an entry that the table does not name. */
export const defaultBudget = "10 kB";
