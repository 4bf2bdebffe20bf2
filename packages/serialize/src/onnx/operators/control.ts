import type { Tensor } from "@unroll/tensor";

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

/** Operators that run a graph of their own. */
export const controlOperators: Readonly<Record<string, Operator>> = {
  Scan: scanOperator,
  If: (call) => call.runGraph(call.input(0).item() === 0 ? "else_branch" : "then_branch", []),
};
