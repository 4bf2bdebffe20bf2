import { Unrolled, type Track } from "@unroll/cells";
import { Conv1d, Embedding, LayerNorm, Linear, type Module } from "@unroll/nn";
import { tensor, type Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { toBytes } from "../to-bytes.js";
import { buildModel } from "./build-model.js";
import { readHdf5 } from "./hdf5.js";
import type { LayerWeights } from "./layer-weights.js";
import { convolutionValues } from "./layers/convolution.js";
import { denseValues } from "./layers/dense.js";
import { embeddingValues } from "./layers/embedding.js";
import { normalizationValues } from "./layers/normalization.js";
import { KerasModel } from "./model.js";
import { numberedWeights } from "./numbered-weights.js";
import { assignValues, type ParameterValues } from "./parameter-values.js";
import { kerasCells, readRecurrent, recurrentValues } from "./recurrent-weights.js";

/** A place for the weights of one layer of Keras. */
interface Slot {
  readonly className: string;
  values(weights: LayerWeights): ParameterValues;
}

/**
 * Loads a `.weights.h5` file of Keras 3 into a model that {@link importKeras} made, or into layers built here, in the order
 * of the layers in Keras: {@link Embedding}, {@link Linear} (Dense), {@link LayerNorm}, {@link Conv1d}, and stacks of `rnn`, `lstm` or `gru`, each
 * layer of which is one layer in Keras. Whether the activations are those of Keras, no such file says.
 *
 * @throws SerializeError `format` unless the weights are those of the layers; `value` for a layer that Keras does not have
 * @example
 * const rnn = unroll(lstm, { inputSize: 16, hiddenSize: 32 });
 * await loadKerasWeights(await readFile("model.weights.h5"), [rnn, head]);
 */
export async function loadKerasWeights(file: Uint8Array | ArrayBuffer, target: KerasModel | readonly Module[]): Promise<void> {
  const bytes = toBytes("read Keras", file);
  const slots = target instanceof KerasModel ? [] : target.flatMap(slotsOf);
  const weights = numberedWeights(await readHdf5(bytes, { skip: (path) => path === "optimizer" }));
  if (target instanceof KerasModel) {
    target.loadStateDict(buildModel(target.graph, weights).stateDict());
    return;
  }
  const own = weights.ofLayers(slots.map(({ className }) => ({ className, name: className })));
  assignValues(slots.flatMap((slot, index) => slot.values(own[index] as LayerWeights)));
}

function slotsOf(layer: Module): Slot[] {
  if (layer instanceof Unrolled) return recurrentSlots(layer);
  if (layer instanceof Linear) return [{ className: "Dense", values: (weights) => denseValues(layer, weights) }];
  if (layer instanceof Embedding) return [{ className: "Embedding", values: (weights) => embeddingValues(layer, weights) }];
  if (layer instanceof LayerNorm)
    return [{ className: "LayerNormalization", values: (weights) => normalizationValues(layer, weights) }];
  if (layer instanceof Conv1d) return [{ className: "Conv1D", values: (weights) => convolutionValues(layer, weights) }];
  return fail(
    "value",
    `loadKerasWeights: takes Embedding, Linear, LayerNorm, Conv1d and recurrent layers, got ${layer.constructor.name}; give its layers one by one`,
  );
}

const classNames: Readonly<Record<string, string>> = { rnn: "SimpleRNN", lstm: "LSTM", gru: "GRU" };

function recurrentSlots({ tracks }: Unrolled): Slot[] {
  for (const track of tracks) checkTrack(track);
  const layers = Math.max(...tracks.map(({ place }) => place.layer)) + 1;
  return Array.from({ length: layers }, (_, index): Slot => {
    const [forward, reverse] = tracks.filter(({ place }) => place.layer === index) as [Track, Track | undefined];
    if (reverse === undefined) {
      const className = classNames[forward.cell.name] as string;
      return { className, values: (weights) => trackValues(forward, weights.part("cell")) };
    }
    return {
      className: "Bidirectional",
      values: (weights) => [
        ...trackValues(forward, weights.part("forward_layer").part("cell")),
        ...trackValues(reverse, weights.part("backward_layer").part("cell")),
      ],
    };
  });
}

const shared: ReadonlySet<string> = /* @__PURE__ */ new Set(["weightIh", "weightHh", "biasIh", "biasHh"]);

function checkTrack({ cell, parameters, initial }: Track): void {
  const own = [...parameters.keys()].find((name) => !shared.has(name)) ?? [...initial.keys()][0];
  if (kerasCells.includes(cell.name) && own === undefined) return;
  fail(
    "value",
    `loadKerasWeights: Keras has no ${cell.name}${own === undefined ? "" : ` with ${own}`}; use ${kerasCells.join(", ")} without it`,
  );
}

function trackValues(track: Track, weights: LayerWeights): ParameterValues {
  const { cell, parameters, place } = track;
  const biases = !parameters.has("biasIh") ? 0 : cell.name === "gru" && resetsAfter(track) ? 2 : 1;
  const { inputSize, hiddenSize } = place;
  return recurrentValues(track, readRecurrent(weights, { inputSize, hiddenSize, gates: cell.gates.length, biases }));
}

// A cell does not tell where its reset gate stands, but its step does: with r = 1/2 and a recurrent bias of 1, n = tanh(1/2) or tanh(1).
function resetsAfter({ cell, parameters }: Track): boolean {
  if (!parameters.has("biasHh")) return false;
  const column = (n: number): Tensor => tensor([[0], [0], [n]]);
  const row = (n: number): Tensor => tensor([0, 0, n]);
  const weights = { weightIh: column(0), weightHh: column(0), biasIh: row(0), biasHh: row(1) };
  const { gates } = cell.step(weights, tensor([[0]]), { h: tensor([[1]]) });
  return (gates?.["n"]?.item() ?? 0) < Math.tanh(0.75);
}
