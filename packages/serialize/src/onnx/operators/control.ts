import { scalar, stack, zeros, type Tensor } from "@unroll/tensor";

import { fail } from "../../error.js";
import type { Operator, OperatorCall } from "../operator-call.js";
import { scan, type ScanWay } from "../scan.js";

// Scan since version 9: no axis of its own for the batch.
function scanOperator(call: OperatorCall): readonly Tensor[] {
  if (call.opset < 9) return fail("format", `run ONNX: ${call.described} is supported from version 9 of the operators on`);
  const inputs = call.inputs.map((_, index) => call.input(index));
  const sequenceCount = call.int("num_scan_inputs", 1);
  const stateCount = inputs.length - sequenceCount;
  const ways = (direction: "input" | "output", ranks: readonly number[]): ScanWay[] => {
    const axes = call.ints(`scan_${direction}_axes`);
    const reverse = call.ints(`scan_${direction}_directions`);
    return ranks.map((rank, index) => {
      const axis = axes?.[index] ?? 0;
      return { axis: axis < 0 ? axis + rank : axis, reverse: reverse?.[index] === 1 };
    });
  };
  const sequences = inputs.slice(stateCount);
  const inputWays = ways(
    "input",
    sequences.map(({ rank }) => rank),
  );
  const outputCount = call.node.output.length - stateCount;
  const { states, outputs } = scan({
    states: inputs.slice(0, stateCount),
    sequences: sequences.map((x, index) => ({ x, ...(inputWays[index] as ScanWay) })),
    outputs: ways("output", new Array<number>(outputCount).fill(0)),
    step(before, slices) {
      const results = call.runGraph("body", [...before, ...slices]);
      return { states: results.slice(0, stateCount), outputs: results.slice(stateCount) };
    },
  });
  return [...states, ...outputs];
}

// More turns than this are a loop that never ends.
const mostTurns = 2 ** 20;

// Ends after a number of turns or when the body says so; what it gives beside its states is stacked.
function loop(call: OperatorCall): readonly Tensor[] {
  const limit = call.optional(0)?.item() ?? Infinity;
  let current = call.inputs.slice(2).map((_, index) => call.input(index + 2));
  let going = call.optional(1) ?? scalar(1, { dtype: "bool" });
  const turn = (index: number): readonly Tensor[] =>
    call.runGraph("body", [scalar(index, { dtype: "int32" }), going, ...current]);
  const given: Tensor[][] = call.node.output.slice(current.length).map(() => []);
  let turns = 0;
  for (; turns < limit && going.item() !== 0; turns++) {
    if (turns === mostTurns) fail("limit", `run ONNX: ${call.described} must end within ${mostTurns} turns, got more`);
    const [next, ...results] = turn(turns) as [Tensor, ...Tensor[]];
    going = next;
    given.forEach((outputs, index) => outputs.push(results[current.length + index] as Tensor));
    current = results.slice(0, current.length);
  }
  if (turns > 0 || given.length === 0) return [...current, ...given.map((outputs) => stack(outputs, { axis: 0 }))];
  // Without a turn the shapes of the outputs are still those that a turn would give.
  const forms = turn(0).slice(1 + current.length);
  return [...current, ...forms.map(({ shape, dtype }) => zeros([0, ...shape], { dtype }))];
}

/** Operators that run a graph of their own. */
export const controlOperators: Readonly<Record<string, Operator>> = {
  Scan: scanOperator,
  Loop: loop,
  If: (call) => call.runGraph(call.input(0).item() === 0 ? "else_branch" : "then_branch", []),
};
