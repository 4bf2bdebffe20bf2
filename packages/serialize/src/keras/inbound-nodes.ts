import { isObject, type LayerConfig } from "./layer-config.js";
import type { InputRef, LayerNode, TensorRef } from "./model-graph.js";

type CallInputs = Pick<LayerNode, "inputs" | "mask">;

/**
 * What goes into each call of a layer: a sequence first, then initial states. Keras 3 writes the arguments of the call, Keras 2 and
 * TensorFlow.js lists of `[layer, call, output, options]`.
 *
 * @throws SerializeError `format` for arguments that are not tensors
 */
export function inboundNodes(layer: LayerConfig): CallInputs[] {
  return layer.inboundNodes.map((node) => {
    if (isObject(node)) return callArguments(node, layer);
    if (!Array.isArray(node)) return unreadable(layer);
    const entries: readonly unknown[] = typeof node[0] === "string" ? [node] : node;
    const inputs = entries.map((entry) => {
      if (!Array.isArray(entry)) return unreadable(layer);
      const [name, call, output, options] = entry as unknown[];
      if (isObject(options)) checkOptions(options, layer);
      return tensorRef([name, call, output], layer);
    });
    return { inputs };
  });
}

function callArguments({ args, kwargs }: Readonly<Record<string, unknown>>, layer: LayerConfig): CallInputs {
  if (!Array.isArray(args) || !(kwargs === undefined || isObject(kwargs))) return unreadable(layer);
  const { initial_state, mask, ...options } = kwargs ?? {};
  checkOptions(options, layer);
  const values = (args as readonly unknown[]).concat(initial_state ?? []);
  // A merging layer notes one mask per input, which it computes from its inputs anyway.
  const own = isObject(mask) ? keptTensor(mask, layer) : undefined;
  return { inputs: values.flatMap((value) => inputsIn(value, layer)), mask: own };
}

function inputsIn(value: unknown, layer: LayerConfig): InputRef[] {
  if (typeof value === "number" && layer.className.startsWith("ops.")) return [value];
  return Array.isArray(value) ? value.map((item) => keptTensor(item, layer)) : [keptTensor(value, layer)];
}

function keptTensor(value: unknown, layer: LayerConfig): TensorRef {
  const { class_name, config } = isObject(value) ? value : {};
  if (class_name !== "__keras_tensor__" || !isObject(config))
    return layer.refuse(`is called with ${JSON.stringify(value)?.slice(0, 60)}`, "call it with outputs of layers alone");
  return tensorRef(config["keras_history"], layer);
}

function tensorRef(value: unknown, layer: LayerConfig): TensorRef {
  const [name, call, output] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof name !== "string" || !Number.isSafeInteger(call) || !Number.isSafeInteger(output)) return unreadable(layer);
  return { layer: name, call: call as number, output: output as number };
}

function checkOptions(options: Readonly<Record<string, unknown>>, layer: LayerConfig): void {
  const given = Object.entries(options).find(([, value]) => value !== null && typeof value !== "boolean");
  if (given !== undefined) layer.refuse(`is called with ${given[0]}, which is not supported`, "leave it out");
}

function unreadable(layer: LayerConfig): never {
  return layer.refuse("is called in a way that cannot be read", "save the model again");
}
