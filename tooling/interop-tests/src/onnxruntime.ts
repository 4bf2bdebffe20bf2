import type { SequenceResult } from "@unroll/cells";
import type { Tensor } from "@unroll/tensor";
import { env, InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-web";

env.wasm.numThreads = 1;
// It warns of every initializer that its own optimiser takes away.
env.logLevel = "error";

type Tensors = Readonly<Record<string, Tensor>>;

/** What a record of tensors is called in a graph. */
export function namedOutputs({ output, last, state }: SequenceResult): Tensors {
  const states = state.flatMap((record, index) =>
    Object.entries(record).map(([name, value]) => [`state.${index}.${name}`, value] as const),
  );
  return { output, last, ...Object.fromEntries(states) };
}

/** A model in onnxruntime: how far its outputs are from those of ours at most, infinitely far where shapes differ. */
export async function openModel(bytes: Uint8Array): Promise<{
  distance(inputs: Tensors, expected: Tensors): Promise<number>;
  close(): Promise<void>;
}> {
  const session = await InferenceSession.create(bytes, { executionProviders: ["wasm"], logSeverityLevel: 3 });
  return {
    async distance(inputs, expected) {
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, asRuntimeTensor(tensor)]));
      const results = await session.run(feeds);
      return Math.max(...Object.entries(expected).map(([name, tensor]) => distanceOf(results[name], tensor)));
    },
    close: () => session.release(),
  };
}

function asRuntimeTensor(tensor: Tensor): RuntimeTensor {
  const elements = tensor.toTypedArray();
  if (tensor.dtype === "bool") return new RuntimeTensor("bool", Uint8Array.from(elements), tensor.shape);
  if (elements instanceof Int32Array) return new RuntimeTensor("int32", elements, tensor.shape);
  if (elements instanceof Float64Array) return new RuntimeTensor("float64", elements, tensor.shape);
  return new RuntimeTensor("float32", elements as Float32Array, tensor.shape);
}

function distanceOf(result: RuntimeTensor | undefined, expected: Tensor): number {
  if (result?.dims.join() !== expected.shape.join()) return Infinity;
  const values = result.data as Float32Array;
  let most = 0;
  expected.toTypedArray().forEach((value, index) => {
    const distance = Math.abs((values[index] as number) - value);
    if (!(distance <= most)) most = distance;
  });
  return most;
}
