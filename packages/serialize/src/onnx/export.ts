import type { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { fewerAxes, formsAt, samplesFor, usualAxes, type DynamicAxes } from "./dynamic-axes.js";
import { encodeModel } from "./encode-model.js";
import { generalize } from "./generalize.js";
import type { RecordedModel } from "./recorded-graph.js";
import { shareValues } from "./share-values.js";
import { traceModel, type ExportableModel } from "./trace-model.js";

/** How {@link exportOnnx} writes. */
export interface ExportOptions {
  /** Version of ONNX's operators, 14 to 22; default 17. */
  readonly opset?: number;
  /**
   * Names of the axes whose lengths may vary; `{}` for none. Left out, the first axis of every input is `batch` and the second of
   * every sequence is `time`, except where the model counts along one: that one keeps the length of the example.
   */
  readonly dynamicAxes?: DynamicAxes;
}

/**
 * Writes a model as ONNX by running it on tensors that have a shape and no elements. Layers of cells whose step is that of ONNX's
 * RNN, GRU or LSTM become these operators; every other cell becomes a Scan with its step as the body.
 *
 * @param exampleInputs - The arguments of `forward` in order, under the names they get in the graph. Only their shapes and dtypes matter.
 * @returns The file. Its outputs are `output`, or the dotted paths into the record that `forward` gives, as `state.0.h`.
 * @throws SerializeError `value` for a model in training, an opset out of range, a forward pass that reads elements, or one that
 * counts along an axis that `dynamicAxes` names; `name` for one name twice; `format` for an operation without
 * counterpart
 */
export function exportOnnx(
  model: ExportableModel,
  exampleInputs: Readonly<Record<string, Tensor>>,
  { opset = 17, dynamicAxes }: ExportOptions = {},
): Uint8Array {
  if (!(Number.isInteger(opset) && opset >= 14 && opset <= 22))
    fail("value", `exportOnnx: opset must be an integer in 14..22, got ${opset}`);
  if (model.training)
    fail("value", "exportOnnx: the model must not be in training, or dropout would be part of the graph; call model.evaluate()");
  const example: Example = { inputs: exampleInputs, opset };
  const recorded = dynamicAxes === undefined ? traceFreely(model, example) : traceWith(model, example, dynamicAxes);
  return encodeModel(shareValues(recorded), { opset });
}

interface Example {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly opset: number;
}

function traceWith(model: ExportableModel, { inputs, opset }: Example, axes: DynamicAxes): RecordedModel {
  const samples = samplesFor(inputs, axes);
  const models = samples.lengths.map((lengths) => traceModel(model, formsAt(inputs, axes, lengths), { opset }));
  return generalize(models, samples);
}

// With as many of the usual axes as the model lets vary.
function traceFreely(model: ExportableModel, example: Example): RecordedModel {
  for (const axes of fewerAxes(usualAxes(example.inputs)).slice(0, -1)) {
    try {
      return traceWith(model, example, axes);
    } catch {
      // The model counts along one of these axes, or has no counterpart at all; the last attempt tells.
    }
  }
  return traceWith(model, example, {});
}
