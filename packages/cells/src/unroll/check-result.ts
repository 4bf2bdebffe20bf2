import { belowTapes } from "@unroll/autograd";
import { isFloat, sameShape, Tensor, type Shape } from "@unroll/tensor";

import type { StepResult } from "../cell.js";
import { CellError } from "../error.js";
import { isRecord } from "../is-record.js";
import { showValue } from "../show-value.js";

/** What a step has to give. */
export interface ResultWidths {
  /** Of the cell. */
  readonly name: string;
  readonly output: number;
  /** Of each state of the cell. */
  readonly states: Readonly<Record<string, number>>;
}

/**
 * Passes on what a step made of `x [batch, inputSize]`: an output `[batch, width]` and the cell's states `[batch, width]`, no others, all
 * of floats. A step may be written in JavaScript, where it gives anything.
 *
 * @throws CellError `result`
 */
export function checkResult(result: unknown, x: Tensor, widths: ResultWidths): StepResult {
  const refuse = (expected: string, got: unknown, remedy: string): never => {
    const found = Tensor.isTensor(got) ? `${got.dtype} ${formatRows(got.shape, x)}` : showValue(got);
    throw new CellError("result", `unroll: the step of ${widths.name} must give ${expected}, got ${found}; ${remedy}`);
  };
  const refuseRows = (entry: string, got: unknown, width: number): never => {
    const cast = Tensor.isTensor(got) && !isFloat(got.dtype);
    const remedy = cast ? 'use cast("float32")' : "widths that are not hiddenSize are the cell's outputSize and stateSizes";
    return refuse(`${entry} as floats [batch, ${width}]`, got, remedy);
  };
  if (!isRecord(result) || "then" in result)
    return refuse("{ output, state } at once", result, "return both; steps are synchronous");
  const { output, state } = result;
  if (!areRows(output, x, widths.output)) refuseRows("output", output, widths.output);
  if (!isRecord(state)) return refuse("state as a record", state, "return { output, state }");
  const names = Object.keys(widths.states);
  for (const name of names) {
    const width = widths.states[name] as number;
    if (!areRows(state[name], x, width)) refuseRows(`state ${name}`, state[name], width);
  }
  const other = Object.keys(state).find((name) => !names.includes(name));
  if (other !== undefined) refuse(`no states but ${names.join(", ")}`, other, "add it to the cell's state, or leave it out");
  return result as unknown as StepResult;
}

function areRows(got: unknown, x: Tensor, width: number): boolean {
  return Tensor.isTensor(got) && isFloat(got.dtype) && sameShape(got.shape, [x.shape[0] as number, width]);
}

// A step that is traced has a stand-in for its batch, a prime that no other size has: nobody has asked for that number.
function formatRows(shape: Shape, x: Tensor): string {
  const traced = belowTapes(x).interpreter.level > 0;
  const lengths = shape.map((length, axis) => {
    const times = length / (x.shape[0] as number);
    if (times === 1 && (traced || axis === 0)) return "batch";
    return traced && Number.isInteger(times) && times > 0 ? `${times} x batch` : length;
  });
  return `[${lengths.join(", ")}]`;
}
