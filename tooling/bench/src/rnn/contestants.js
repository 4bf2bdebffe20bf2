import { join } from "node:path";

import { pythonEnvironment } from "./python.js";

const here = import.meta.dirname;

function inNode(name, file, kind, threads = 1) {
  const args = [join(here, "child.js"), join(here, "contestants", file)];
  return { name, kind, threads, start: { command: process.execPath, args } };
}

function inPython(python, threads) {
  const args = [join(here, "contestants", "pytorch.py"), String(threads)];
  const name = `PyTorch, ${threads} thread${threads === 1 ? "" : "s"}`;
  return { name, kind: "pytorch", threads, start: { command: python, args, env: pythonEnvironment(threads) } };
}

/**
 * Everyone who may run, in the order of the tables; each in a process of its own.
 *
 * @param {{ python: string | undefined }} found
 * @returns {{ name: string, kind: "ours" | "pytorch" | "peer", threads: number, start: object }[]}
 */
export function contestants({ python }) {
  return [
    ...(python === undefined ? [] : [inPython(python, 1), inPython(python, 2)]),
    inNode("tape", "unroll-tape.js", "ours"),
    inNode("compiled", "unroll-compiled.js", "ours"),
    inNode("compiled, 2 threads", "unroll-compiled-2-threads.js", "ours", 2),
    inNode("compiled, 256 bits", "unroll-compiled-wide.js", "ours"),
    inNode("compiled, 256 bits, 2 threads", "unroll-compiled-wide-2-threads.js", "ours", 2),
    inNode("tfjs-cpu", "tfjs-cpu.js", "peer"),
    inNode("tfjs-wasm", "tfjs-wasm.js", "peer"),
    inNode("jax-js", "jax.js", "peer"),
    inNode("brain.js", "brain.js", "peer"),
  ];
}
