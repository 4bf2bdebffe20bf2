import { Module } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import type { KerasLayer } from "./layer.js";
import type { ModelGraph } from "./model-graph.js";
import { runGraph, type KerasState } from "./run-graph.js";

/** A model that came from Keras or TensorFlow.js. Its layers are modules under their own names, so that it can be trained on. */
export class KerasModel extends Module {
  /** How the layers hang together. */
  readonly graph: ModelGraph;
  /** Names of what {@link run} needs. */
  readonly inputs: readonly string[];
  /** Names of what {@link run} gives: the model's own, or those of the layers it comes from, numbered where one layer gives several. */
  readonly outputs: readonly string[];
  /** The layers that learn or draw random numbers, by name. */
  readonly layers: ReadonlyMap<string, Module>;
  readonly #layers: ReadonlyMap<string, KerasLayer>;

  /** @param layers - Each layer of the graph, by name. */
  constructor(graph: ModelGraph, layers: ReadonlyMap<string, KerasLayer>) {
    super();
    this.graph = graph;
    this.inputs = graph.inputNames ?? graph.inputs;
    this.#layers = layers;
    this.layers = new Map([...layers].flatMap(([name, { module }]) => (module === undefined ? [] : [[name, module] as const])));
    this.outputs = graph.outputNames ?? outputNames(graph);
  }

  protected override parts(): Iterable<readonly [string, unknown]> {
    return this.layers;
  }

  /**
   * Runs the model; stateful layers start from zeros.
   *
   * @param values - One tensor per name of {@link inputs}, `[batch, …]`.
   * @returns One tensor per name of {@link outputs}.
   * @throws SerializeError `name` when an input is missing, `format` when a layer cannot run, with its name
   */
  run(values: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    return this.runWithState(values).outputs;
  }

  /**
   * Runs the model from where its stateful layers stood after the call before.
   *
   * @param state - What the call before gave; zeros when left out.
   */
  runWithState(
    values: Readonly<Record<string, Tensor>>,
    state?: KerasState,
  ): { readonly outputs: Record<string, Tensor>; readonly state: KerasState } {
    const flows = this.inputs.map((name) => ({
      value: Object.hasOwn(values, name)
        ? (values[name] as Tensor)
        : fail("name", `run Keras: needs inputs ${this.inputs.join(", ")}, got ${Object.keys(values).join(", ")}`),
    }));
    const result = runGraph({ graph: this.graph, layers: this.#layers }, flows, state);
    const names =
      result.outputs.length === this.outputs.length ? this.outputs : numbered(this.outputs[0] ?? "", result.outputs.length);
    const outputs = Object.fromEntries(result.outputs.map(({ value }, index) => [names[index] as string, value]));
    return { outputs, state: result.state };
  }

  /**
   * Runs a model of one input: its first output.
   *
   * @param x - `[batch, …]`
   */
  forward(x: Tensor): Tensor {
    const [input = "", ...more] = this.inputs;
    if (more.length > 0) fail("name", `run Keras: forward takes one input, needs ${this.inputs.join(", ")}; call run`);
    return Object.values(this.run({ [input]: x }))[0] as Tensor;
  }
}

// A Sequential model whose last layer gives several outputs names them after that layer.
const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => (index === 0 ? name : `${name}.${index}`));

function outputNames({ outputs }: ModelGraph): string[] {
  const seen = new Map<string, number>();
  return outputs.map(({ layer }) => {
    const count = seen.get(layer) ?? 0;
    seen.set(layer, count + 1);
    return count === 0 ? layer : `${layer}.${count}`;
  });
}
