import { readFile, open } from "node:fs/promises";

import { bytesPerElement, Tensor } from "@unroll/tensor";

import { fail } from "../error.js";
import { named } from "../node/named.js";
import { openSafetensorsFile } from "../node/open-file.js";
import { importOnnx } from "../onnx/import.js";
import { decodePytorch, type PytorchValue } from "../pytorch/decode.js";
import { describeHdf5, describeKeras } from "./describe-keras.js";
import { formatTensors, type ListedTensor } from "./table.js";

/**
 * Says what a file holds: its kind, the names, shapes and sizes of its tensors, and what is stored beside them. Reads
 * safetensors and checkpoints (their headers alone), PyTorch's `.pt`, Keras's `.keras` and `.h5`, and ONNX.
 *
 * @throws SerializeError with the path, what is wrong and where
 */
export async function inspectFile(path: string): Promise<string> {
  return named("inspect", path, async () => {
    const start = await firstBytes(path);
    if (start[0] === 0x50 && start[1] === 0x4b) {
      return path.endsWith(".keras") ? describeKeras(await readFile(path)) : describePytorch(await readFile(path));
    }
    if (start[0] === 0x89 && start[1] === 0x48) return describeHdf5(await readFile(path));
    if (path.endsWith(".onnx")) return describeOnnx(await readFile(path));
    return describeSafetensors(path);
  });
}

async function firstBytes(path: string): Promise<Uint8Array> {
  await using file = await open(path, "r");
  const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
  return buffer.subarray(0, bytesRead);
}

async function describeSafetensors(path: string): Promise<string> {
  await using file = await openSafetensorsFile(path);
  const { format, version, tree, ...metadata } = file.metadata;
  const isCheckpoint = format === "unroll.checkpoint" && tree !== undefined;
  const rows = file.entries.map(({ name, dtype, shape, start, end }) => ({ name, dtype, shape, bytes: end - start }));
  const beside = isCheckpoint ? treeFields(tree) : Object.entries(file.metadata);
  const title = isCheckpoint ? `checkpoint of version ${version}` : "safetensors";
  return [title, ...beside.concat(isCheckpoint ? Object.entries(metadata) : []).map(describeField), formatTensors(rows)].join(
    "\n",
  );
}

function treeFields(tree: string): [string, unknown][] {
  try {
    return Object.entries(Object(JSON.parse(tree)) as object);
  } catch (cause) {
    return fail("format", `read checkpoint: the tree must be JSON: ${(cause as Error).message}`, { cause });
  }
}

function describePytorch(bytes: Uint8Array): string {
  const value = decodePytorch(bytes);
  const rows: ListedTensor[] = [];
  const visit = (part: PytorchValue, name: string): void => {
    if (Tensor.isTensor(part)) rows.push(listed(name, part));
    else if (typeof part === "object" && part !== null) {
      for (const [key, item] of Object.entries(part)) visit(item, name === "" ? key : `${name}.${key}`);
    }
  };
  visit(value, "");
  const plain = typeof value === "object" && value !== null && !Tensor.isTensor(value) ? Object.entries(value) : [];
  const beside = plain.filter(([, item]) => !Tensor.isTensor(item)).map(describeField);
  return ["PyTorch", ...beside, formatTensors(rows)].join("\n");
}

function describeOnnx(bytes: Uint8Array): string {
  const model = importOnnx(bytes);
  const rows = [...model.parameters()].map(([name, parameter]) => listed(name, parameter));
  return ["ONNX", `inputs: ${model.inputs.join(", ")}`, `outputs: ${model.outputs.join(", ")}`, formatTensors(rows)].join("\n");
}

function listed(name: string, { dtype, shape, size }: Tensor): ListedTensor {
  return { name, dtype, shape, bytes: size * bytesPerElement[dtype] };
}

const longest = 100;

function describeField([name, value]: readonly [string, unknown]): string {
  const text = JSON.stringify(value, (_, part: unknown) => (Tensor.isTensor(part) ? "tensor" : part));
  return `${name}: ${text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text}`;
}
