import type { CellState } from "@unroll/cells";
import type { Module } from "@unroll/nn";
import type { Tensor } from "@unroll/tensor";

import type { LayerConfig } from "./layer-config.js";
import type { LayerWeights } from "./layer-weights.js";

/** A tensor on its way through a model, with the mask that Keras attaches to it. */
export interface Flow {
  readonly value: Tensor;
  /** `[batch, time]`, true at real steps; undefined where all are. */
  readonly mask?: Tensor | undefined;
  /** Whether the call gives the mask by name, beside the tensor. */
  readonly maskIsNamed?: boolean;
}

/** What a layer gives. */
export interface LayerResult {
  readonly outputs: readonly Flow[];
  /** Where a stateful layer stands after the call. */
  readonly state?: readonly CellState[];
}

/** One layer of a model: what it learns and what it does. */
export interface KerasLayer {
  /** Holds the weights, if there are any, or draws random numbers in training. */
  readonly module?: Module | undefined;
  /** @param state - Where a stateful layer stood after the call before. */
  run(inputs: readonly Flow[], state?: readonly CellState[]): LayerResult;
}

/** Makes a layer of any class. */
export type BuildLayer = (config: LayerConfig, weights: LayerWeights) => KerasLayer;

/** Makes a layer of one class; `build` makes those within it. */
export type LayerBuilder = (config: LayerConfig, weights: LayerWeights, build: BuildLayer) => KerasLayer;

/** The only input of a layer that takes one. */
export function onlyInput(inputs: readonly Flow[], config: LayerConfig): Flow {
  const [input, ...more] = inputs;
  return input !== undefined && more.length === 0
    ? input
    : config.refuse(`takes one input, got ${inputs.length}`, "check how the layers are connected");
}

/** A layer from one tensor to one; the mask goes on or ends here. */
export function mapLayer(
  config: LayerConfig,
  { map, module, mask }: { readonly map: (x: Tensor) => Tensor; readonly module?: Module; readonly mask: "passes" | "ends" },
): KerasLayer {
  return {
    module,
    run(inputs) {
      const input = onlyInput(inputs, config);
      return { outputs: [{ value: map(input.value), mask: mask === "passes" ? input.mask : undefined }] };
    },
  };
}
