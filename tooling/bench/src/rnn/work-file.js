import { readFileSync, writeFileSync } from "node:fs";

import { decodeSafetensors, encodeSafetensors } from "@unroll/serialize";
import { createGenerator, fromTypedArray, normal } from "@unroll/tensor";

import { Model } from "./model.js";
import { training } from "./works.js";

/** Writes what every contestant starts from, the same for all: the work, first weights, inputs and targets. */
export function writeWorkFile(path, work) {
  const weights = new Model(work, { initializers: "pytorch" }).initialize({ seed: 1 }).stateDict();
  const metadata = { work: JSON.stringify({ ...work, training }) };
  writeFileSync(path, encodeSafetensors({ ...weights, ...examples(work) }, { metadata }));
}

function examples({ batch, time, vocabulary, inputSize, loss }) {
  const generator = createGenerator(2);
  const tokens = () => Int32Array.from({ length: batch * time }, () => generator.integer(vocabulary));
  if (vocabulary !== undefined) {
    return { inputs: fromTypedArray(tokens(), [batch, time]), targets: fromTypedArray(tokens(), [batch, time]) };
  }
  const inputs = normal([batch, time, inputSize], { generator });
  return loss === "none" ? { inputs } : { inputs, targets: normal([batch, 1], { generator }) };
}

/**
 * The work of a file, with its numbers as plain arrays.
 *
 * @returns {import("./works.js").Work & { inputs: object, targets?: object, weights: Record<string, object> }}
 *   Each tensor as `{ shape, data }`.
 */
export function readWorkFile(path) {
  const { tensors, metadata } = decodeSafetensors(readFileSync(path));
  const plain = Object.entries(tensors).map(([name, tensor]) => [
    name,
    { shape: [...tensor.shape], data: tensor.toTypedArray() },
  ]);
  const { inputs, targets, ...weights } = Object.fromEntries(plain);
  return { ...JSON.parse(metadata.work), inputs, targets, weights };
}
