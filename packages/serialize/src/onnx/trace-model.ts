import { Unrolled, type SequenceOptions } from "@unroll/cells";
import type { Module } from "@unroll/nn";
import { referenceBackend, Tensor, withBackend, type ShapedArray } from "@unroll/tensor";

import { flattenTree } from "../checkpoint/tree.js";
import { fail } from "../error.js";
import { traceSequence } from "./sequence-nodes.js";
import { Trace } from "./trace.js";
import type { RecordedModel } from "./recorded-graph.js";

/** A module that can be written as a graph: its forward pass reads tensors and gives one, or a record that holds some. */
export interface ExportableModel extends Module {
  forward(...inputs: never[]): unknown;
}

/**
 * Runs a model on tensors without elements and records what happens.
 *
 * @param forms - Shape and dtype of each argument of `forward` in order, by its name in the graph.
 * @throws SerializeError `name` where an input or output has the name of another, or of a parameter
 */
export function traceModel(
  model: ExportableModel,
  forms: Readonly<Record<string, ShapedArray>>,
  { opset }: { readonly opset: number },
): RecordedModel {
  const trace = new Trace({ opset });
  const { graph } = trace;
  const parameters = model.parameters();
  const layers = [...model.modules().values()].filter((part): part is Unrolled => part instanceof Unrolled);
  try {
    for (const [name, parameter] of parameters) {
      const { value } = parameter;
      parameter.bind(trace.tensor(value, graph.initializer(value, name), value));
    }
    for (const layer of layers) {
      const forward = layer.forward.bind(layer);
      layer.forward = (x: Tensor, options: SequenceOptions = {}) => traceSequence(trace, { layer, forward, x, options });
    }
    const taken = Object.keys(forms).find((name) => parameters.has(name));
    if (taken !== undefined) fail("name", `exportOnnx: inputs must not have the name of a parameter, got ${taken}`);
    const inputs = Object.entries(forms).map(([name, form]) => trace.tensor(form, name));
    // A fast backend might run a whole layer at once, where here each step is wanted.
    const given = withBackend(referenceBackend, () => model.forward(...(inputs as never[])));
    const { tensors } = flattenTree(Tensor.isTensor(given) ? { output: given } : (given as object));
    const outputs = Object.entries(tensors).map(([name, tensor]) => {
      if (Object.hasOwn(forms, name) || parameters.has(name))
        fail("name", `exportOnnx: inputs, outputs and parameters must have different names, got ${name} twice`);
      return { name, shape: tensor.shape, dtype: tensor.dtype, value: trace.nameOf(tensor) };
    });
    return { ...graph.finish(inputs, outputs), constants: graph.constants };
  } finally {
    for (const parameter of parameters.values()) parameter.bind(undefined);
    for (const layer of layers) Reflect.deleteProperty(layer, "forward");
  }
}
