#!/usr/bin/env node
import { inspectFile } from "@unroll/serialize/inspect";

const [command, path, ...rest] = process.argv.slice(2);
if (command !== "inspect" || path === undefined || rest.length > 0) {
  console.error("usage: unroll inspect FILE    what a .safetensors, .pt, .onnx, .keras or .h5 file holds");
  process.exitCode = 2;
} else {
  try {
    console.log(await inspectFile(path));
  } catch (error) {
    if (error?.name !== "SerializeError") throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
