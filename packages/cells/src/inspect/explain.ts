import { compileStep, explain as explainStep } from "@unroll/compile";

import type { Cell, CellSizes } from "../cell.js";

/**
 * How a cell runs over a sequence where the backend compiles: its step and the derivative as traced, and the programs they become.
 *
 * @throws CompileError `untraceable` or `unsupported` for a cell that runs step by step instead, saying why.
 */
export function explain(cell: Cell, sizes: CellSizes): string {
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
