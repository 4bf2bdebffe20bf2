import { CellError, type CellState } from "@unroll/cells";
import { ModuleError } from "@unroll/nn";
import { scalar, TensorError } from "@unroll/tensor";

import { fail } from "../error.js";
import type { Flow, KerasLayer } from "./layer.js";
import type { InputRef, ModelGraph } from "./model-graph.js";

/** Where the stateful layers of a model stand, by the name of the layer. */
export type KerasState = Readonly<Record<string, readonly CellState[]>>;

/** A graph and what its layers do. */
export interface Runnable {
  readonly graph: ModelGraph;
  /** By name. */
  readonly layers: ReadonlyMap<string, KerasLayer>;
}

/**
 * Runs the layers of a model in order.
 *
 * @throws SerializeError `format`, naming the layer that cannot run
 */
export function runGraph(
  { graph, layers }: Runnable,
  inputs: readonly Flow[],
  state: KerasState = {},
): { readonly outputs: readonly Flow[]; readonly state: KerasState } {
  const given = new Map<string, readonly Flow[]>();
  const place = (layer: string, call: number): string => `${call}/${layer}`;
  const at = (ref: InputRef): readonly Flow[] => {
    if (typeof ref === "number") return [{ value: scalar(ref) }];
    const flows = given.get(place(ref.layer, ref.call)) ?? [];
    if (ref.output === null) return flows;
    const flow = flows[ref.output];
    if (flow !== undefined) return [flow];
    const rule = `gives ${flows.length} outputs, needs ${ref.output + 1}`;
    return fail("format", `run Keras: ${JSON.stringify(ref.layer)} ${rule}; save the model again`);
  };
  graph.inputs.forEach((name, index) => given.set(place(name, 0), [inputs[index] as Flow]));
  const after: Record<string, readonly CellState[]> = { ...state };
  for (const node of graph.nodes) {
    const own = Object.hasOwn(after, node.layer) ? after[node.layer] : undefined;
    const flows = node.inputs.flatMap(at);
    const mask = node.mask === undefined ? undefined : at(node.mask)[0]?.value;
    if (mask !== undefined && flows[0] !== undefined) flows[0] = { value: flows[0].value, mask, maskIsNamed: true };
    const layer = layers.get(node.layer) as KerasLayer;
    const result = described(`run Keras: ${JSON.stringify(node.layer)}`, () => layer.run(flows, own));
    given.set(place(node.layer, node.call), result.outputs);
    if (result.state !== undefined) after[node.layer] = result.state;
  }
  return { outputs: graph.outputs.flatMap(at), state: after };
}

/** Runs what may fail inside the tensors; the message then begins with the operation, which names the layer. */
export function described<R>(operation: string, run: () => R): R {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof TensorError || cause instanceof ModuleError || cause instanceof CellError)) throw cause;
    return fail("format", `${operation}: ${cause.message}`, { cause });
  }
}
