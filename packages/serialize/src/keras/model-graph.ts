import { fail } from "../error.js";
import { inboundNodes } from "./inbound-nodes.js";
import { isObject, LayerConfig } from "./layer-config.js";

/** One output of one call of a layer. */
export interface TensorRef {
  readonly layer: string;
  /** Which call of the layer. */
  readonly call: number;
  /** Which of its outputs; all of them where null. */
  readonly output: number | null;
}

/** What goes into a call: an output of another, or a constant. */
export type InputRef = TensorRef | number;

/** One call of a layer. */
export interface LayerNode {
  readonly layer: string;
  readonly call: number;
  readonly inputs: readonly InputRef[];
  /** The mask it was given by name, in place of the one that the first input carries. */
  readonly mask?: TensorRef | undefined;
}

/** How the layers of a model hang together. */
export interface ModelGraph {
  readonly name: string;
  /** In the order of the file. */
  readonly layers: readonly LayerConfig[];
  /** The layers that stand for the inputs. */
  readonly inputs: readonly string[];
  /** What the model calls its inputs and outputs, where it says so. */
  readonly inputNames?: readonly string[] | undefined;
  readonly outputNames?: readonly string[] | undefined;
  /** In an order in which each call comes after those it needs. */
  readonly nodes: readonly LayerNode[];
  readonly outputs: readonly TensorRef[];
}

/** Classes of models. */
export const modelClasses: ReadonlySet<string> = /* @__PURE__ */ new Set(["Sequential", "Functional", "Model"]);

/**
 * Reads the configuration of a Sequential or Functional model.
 *
 * @throws SerializeError `format`
 */
export function readGraph(model: LayerConfig): ModelGraph {
  const stored = model.value("layers");
  if (!modelClasses.has(model.className) || !Array.isArray(stored)) {
    return fail(
      "format",
      `read Keras: a model must be Sequential or Functional, got ${model.described}; a class of one's own stores no layers: load its weights into one built here`,
    );
  }
  const configs = stored.map((layer) => new LayerConfig(layer, model.convention));
  const names = new Set<string>();
  for (const { name, described } of configs) {
    if (names.has(name))
      fail("format", `read Keras: the names of layers must differ, got a second ${described}; name them in Keras`);
    names.add(name);
  }
  const graph = model.className === "Sequential" ? sequential(model, configs) : functional(model, configs);
  if (graph.outputs.length === 0 || graph.inputs.length === 0)
    fail("format", `read Keras: ${model.described} must have inputs and outputs; build it before saving`);
  return graph;
}

function sequential({ name }: LayerConfig, configs: readonly LayerConfig[]): ModelGraph {
  const layers = configs.filter(({ className }) => className !== "InputLayer");
  const [first] = configs;
  const input = first === undefined || first.className === "InputLayer" ? (first?.name ?? "input") : `${first.name}_input`;
  let before: TensorRef = { layer: input, call: 0, output: 0 };
  const nodes = layers.map((layer): LayerNode => {
    const node = { layer: layer.name, call: 0, inputs: [before] };
    before = { layer: layer.name, call: 0, output: null };
    return node;
  });
  return { name, layers, inputs: [input], nodes, outputs: layers.length === 0 ? [] : [before] };
}

function functional(model: LayerConfig, configs: readonly LayerConfig[]): ModelGraph {
  const inputs = tensorRefs(model, "input_layers").map(({ layer }) => layer);
  const layers = configs.filter(({ className }) => className !== "InputLayer");
  const nodes = layers.flatMap((layer) =>
    inboundNodes(layer).map((given, call): LayerNode => ({ layer: layer.name, call, ...given })),
  );
  const keysOf = (option: string): string[] | undefined => {
    const stored = model.value(option);
    return isObject(stored) ? Object.keys(stored) : undefined;
  };
  return {
    name: model.name,
    layers,
    inputs,
    inputNames: keysOf("input_layers"),
    nodes: inOrder(nodes, inputs),
    outputs: tensorRefs(model, "output_layers"),
    outputNames: keysOf("output_layers"),
  };
}

// One ["name", 0, 0], a list of them, or a record of them.
function tensorRefs(model: LayerConfig, option: string): TensorRef[] {
  const stored = model.value(option);
  const list: readonly unknown[] = isObject(stored) ? Object.values(stored) : Array.isArray(stored) ? stored : [];
  return (typeof list[0] === "string" ? [list] : list).map((entry) => {
    const [layer, call, output] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof layer !== "string" || !Number.isSafeInteger(call) || !Number.isSafeInteger(output))
      return model.refuse(`has ${option} of another form than [layer, call, output]`, "save the model again");
    return { layer, call: call as number, output: output as number };
  });
}

const key = (layer: string, call: number): string => `${call}/${layer}`;

// Kahn's algorithm: a call is ready when all that it needs have run.
function inOrder(nodes: readonly LayerNode[], inputs: readonly string[]): LayerNode[] {
  const waiting = new Map<string, LayerNode[]>();
  const missing = new Map<LayerNode, number>();
  for (const node of nodes) {
    const needed = new Set(
      [...node.inputs, node.mask].flatMap((ref) => (typeof ref === "object" ? [key(ref.layer, ref.call)] : [])),
    );
    missing.set(node, needed.size);
    for (const name of needed) {
      const known = waiting.get(name);
      if (known === undefined) waiting.set(name, [node]);
      else known.push(node);
    }
  }
  const ordered: LayerNode[] = [];
  const done = (name: string): void => {
    for (const node of waiting.get(name) ?? []) {
      const left = (missing.get(node) as number) - 1;
      missing.set(node, left);
      if (left === 0) ordered.push(node);
    }
  };
  for (const node of nodes) if (missing.get(node) === 0) ordered.push(node);
  for (const input of new Set(inputs)) done(key(input, 0));
  for (let index = 0; index < ordered.length; index++) {
    const { layer, call } = ordered[index] as LayerNode;
    done(key(layer, call));
  }
  const stuck = nodes.find((node) => (missing.get(node) as number) > 0);
  if (stuck !== undefined)
    fail("format", `read Keras: ${JSON.stringify(stuck.layer)} needs what no layer before it gives; save the model again`);
  return ordered;
}
