import { Unrolled, type SequenceOptions } from "@unroll/cells";
import type { Module } from "@unroll/nn";
import { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { flattenTree } from "../checkpoint/tree.js";
import { GraphBuilder } from "./graph-builder.js";
import { recurrentNodes } from "./recurrent-nodes.js";
import { Trace, Traced } from "./trace.js";

/** A module that can be written as a graph: its forward pass reads tensors and gives one, or a record that holds some. */
export interface ExportableModel extends Module {
  forward(...inputs: never[]): unknown;
}

/** How {@link exportOnnx} writes. */
export interface ExportOptions {
  /** Version of ONNX's operators, 14 to 17; default 17. */
  readonly opset?: number;
}

/**
 * Writes a model as ONNX by running it once on example inputs. The graph has the shapes of the example. Stacks of `rnn`, `lstm`
 * and `gru` become ONNX's recurrent operators; every other cell becomes its steps, one after the other.
 *
 * @param exampleInputs - The arguments of `forward` in order, under the names they get in the graph.
 * @returns The file. Its outputs are `output`, or the dotted paths into the record that `forward` gives, as `state.0.h`.
 * @throws SerializeError `value` for a model in training or an opset out of range, `format` for an operation without counterpart
 */
export function exportOnnx(
  model: ExportableModel,
  exampleInputs: Readonly<Record<string, Tensor>>,
  { opset = 17 }: ExportOptions = {},
): Uint8Array {
  if (!(opset >= 14 && opset <= 17)) fail("value", `exportOnnx: opset must lie in 14..17, got ${opset}`);
  if (model.training)
    fail("value", "exportOnnx: the model must not be in training, or dropout would be part of the graph; call model.evaluate()");
  const graph = new GraphBuilder();
  const trace = new Trace(graph);
  const inputs = Object.entries(exampleInputs).map(([name, tensor]) => new Traced(tensor.toDense(), trace, name));
  const parameters = model.parameters();
  const recurrent = [...model.modules().values()].filter((part): part is Unrolled => part instanceof Unrolled);
  const results: Record<string, Tensor> = {};
  try {
    for (const [name, parameter] of parameters) {
      const value = parameter.value.toDense();
      parameter.bind(new Traced(value, trace, graph.initializer(value, name)));
    }
    for (const layer of recurrent) replaceForward(layer, trace);
    const given = model.forward(...(inputs as never[]));
    const { tensors } = flattenTree(Tensor.isTensor(given) ? { output: given } : (given as object));
    for (const [name, tensor] of Object.entries(tensors)) {
      graph.output(trace.nameOf(tensor), name);
      results[name] = tensor;
    }
  } finally {
    for (const parameter of parameters.values()) parameter.bind(undefined);
    for (const layer of recurrent) Reflect.deleteProperty(layer, "forward");
  }
  return graph.encode({
    inputs,
    outputs: Object.entries(results).map(([name, { shape, dtype }]) => ({ name, shape, dtype })),
    opset,
  });
}

// While a trace runs, a layer of its own stands in for each forward pass: first step by step, then as operators if it can.
function replaceForward(layer: Unrolled, trace: Trace): void {
  const forward = layer.forward.bind(layer);
  layer.forward = (x: Tensor, options: SequenceOptions = {}) => {
    const { result, undo } = trace.graph.attempt(() => forward(x, options));
    const write = recurrentNodes(trace, { layer, x, options, result });
    if (write === undefined) return result;
    undo();
    return write();
  };
}
