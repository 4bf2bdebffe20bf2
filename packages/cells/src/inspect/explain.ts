import { compileStep, explain as explainStep } from "@unroll/compile";

import type { Cell, CellSizes } from "../cell.js";
import { checkCell } from "../check-cell.js";
import { checkCount } from "../check-options.js";

/**
 * How a cell runs over a sequence where the backend compiles: its step and the derivative as traced, and the programs they become.
 *
 * @throws CellError `option` for what is no cell, or for a size that is no integer >= 1.
 * @throws CompileError `untraceable` or `unsupported` for a cell that runs step by step instead, saying why.
 */
export function explain(cell: Cell, sizes: CellSizes): string {
  checkCell("explain", cell);
  for (const name of ["inputSize", "hiddenSize"] as const) checkCount("explain", name, sizes[name]);
  const parameters = Object.entries(cell.parameters(sizes));
  const step = compileStep(({ weights, steps: { x }, state }) => cell.step(weights, x as NonNullable<typeof x>, state), {
    name: cell.name,
    weights: Object.fromEntries(parameters.map(([name, { shape }]) => [name, shape])),
    rows: {},
    steps: { x: sizes.inputSize },
    state: cell.stateSizes(sizes),
  });
  return explainStep(step);
}
