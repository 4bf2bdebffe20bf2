import type { Tensor } from "@unroll/tensor";

import { AutogradError } from "./error.js";
import type { TapeNode } from "./node.js";

// Frames of the two packages every operation goes through say nothing about where it was called.
const internal = /[\\/](?:@unroll|packages)[\\/](?:tensor|autograd)[\\/](?:src|dist)[\\/](?![^)]*\.test\.)/;

interface Origin {
  readonly frames: string;
  readonly inputs: readonly (number | undefined)[];
  readonly output: number | undefined;
}

/** Remembers where operations were called and what they saved, and throws at the first NaN. */
export class AnomalyWatch {
  readonly #origins = new WeakMap<TapeNode, Origin>();

  /** Looks at an operation that was just recorded. */
  recorded(node: TapeNode, values: readonly Tensor[], outputs: readonly Tensor[]): void {
    const frames = callers();
    this.#origins.set(node, { frames, inputs: node.savedInputs.map(checksum), output: checksum(node.savedOutput) });
    if (!outputs.some(hasNaN)) return;
    const culprit = values.findIndex(hasNaN);
    const given = culprit === -1 ? "from inputs without one" : `its input ${culprit} holds one already`;
    throw new AutogradError("anomaly", `${node.primitive}: gave NaN, ${given}; called\n${frames}`);
  }

  /** Looks at what an operation saved before its derivative reads it. */
  unchanged(node: TapeNode): void {
    const origin = this.#origins.get(node);
    if (origin === undefined) return;
    const changed = node.savedInputs.findIndex((x, index) => checksum(x) !== origin.inputs[index]);
    if (changed === -1 && checksum(node.savedOutput) === origin.output) return;
    const what = changed === -1 ? "its output" : `its input ${changed}`;
    throw new AutogradError(
      "changed",
      `${node.primitive}: ${what} must stay as it was until the backward pass, but something wrote into it; copy() it first; called\n${origin.frames}`,
    );
  }

  /** Looks at the gradient an operation sends to its input. */
  sent(node: TapeNode, input: number, cotangent: Tensor, received: readonly (Tensor | undefined)[]): void {
    if (!hasNaN(cotangent)) return;
    const given = received.some((x) => x !== undefined && hasNaN(x)) ? "it received one already" : "it received none";
    const frames = this.#origins.get(node)?.frames ?? "";
    throw new AutogradError("anomaly", `${node.primitive}: its gradient for input ${input} is NaN, ${given}; called\n${frames}`);
  }
}

function hasNaN(x: Tensor): boolean {
  return x.toTypedArray().some((value) => Number.isNaN(value));
}

// FNV-1a over the bytes.
function checksum(x: Tensor | undefined): number | undefined {
  if (x === undefined) return undefined;
  const { buffer } = x.toTypedArray();
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

function callers(): string {
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  const outside = frames.filter((frame) => !internal.test(frame));
  return (outside.length > 0 ? outside : frames).slice(0, 4).join("\n");
}
