import { bytesPerElement, type Tensor } from "@unroll/tensor";

import { openArchive } from "../keras/archive.js";
import { readHdf5 } from "../keras/hdf5.js";
import { readGraph } from "../keras/model-graph.js";
import { formatTensors } from "./table.js";

/** Says what a `.keras` file holds: who made it, the layers in order, and the weights under their paths. */
export async function describeKeras(bytes: Uint8Array): Promise<string> {
  const { model, version, weights } = openArchive(bytes);
  const { layers, inputs } = readGraph(model);
  const tensors = await readHdf5(weights);
  const named = layers.map(({ described }) => described).join(", ");
  return [
    `Keras ${version}`,
    `model: ${model.described}`,
    `inputs: ${inputs.join(", ")}`,
    `layers: ${named}`,
    listTensors(tensors),
  ].join("\n");
}

/** Says what an HDF5 file of weights holds. */
export async function describeHdf5(bytes: Uint8Array): Promise<string> {
  return `HDF5\n${listTensors(await readHdf5(bytes))}`;
}

function listTensors(tensors: ReadonlyMap<string, Tensor>): string {
  return formatTensors(
    [...tensors].map(([name, { dtype, shape, size }]) => ({ name, dtype, shape, bytes: size * bytesPerElement[dtype] })),
  );
}
