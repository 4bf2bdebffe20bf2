import { empty, onBackend, sameShape, type DenseTensor } from "@unroll/tensor";
import type { LinkedProgram } from "@unroll/wasm";

import type { Matrix } from "../rows/row.js";
import type { Node } from "../trace/graph.js";
import type { Evaluation } from "./evaluate.js";
import type { ProgramBackend } from "./program-backend.js";
import { joinCuts, rightSide } from "./right-side.js";

// Matrices side by side, those that continue one another joined, and the weights they are made of.
interface RightSide {
  readonly cuts: readonly Matrix[];
  readonly weights: readonly string[];
  /** A packed copy that stays with a weight, and where the weights lay when it was made. */
  kept?: { readonly sources: readonly DenseTensor[]; readonly address: number } | undefined;
}

/** The right sides of a loop's products, packed as the kernels read them. */
export class PackedWeights {
  readonly #backend: ProgramBackend;
  readonly #program: LinkedProgram;
  readonly #sides = new Map<readonly Matrix[], RightSide>();

  /** @param program - exports `packRight`. */
  constructor(backend: ProgramBackend, program: LinkedProgram) {
    this.#backend = backend;
    this.#program = program;
  }

  /** Address of the packed matrices, side by side; what was made of the same weights before is not looked for again. */
  address(rights: readonly Matrix[], evaluation: Evaluation): number {
    const side = this.#side(rights);
    const sources = side.weights.map((name) => evaluation.weight(name).toDense());
    if (side.kept !== undefined && sources.every((source, index) => sameElements(source, side.kept?.sources[index]))) {
      return side.kept.address;
    }
    const right = onBackend(rightSide(side.cuts, evaluation), this.#backend);
    const kept = this.#backend.programs.packedRight(right);
    side.kept =
      kept !== undefined && sources.some(({ storage }) => storage === right.storage) ? { sources, address: kept } : undefined;
    return kept ?? this.#pack(right);
  }

  #side(rights: readonly Matrix[]): RightSide {
    let side = this.#sides.get(rights);
    if (side === undefined) {
      const weights = [...new Set(rights.flatMap(({ node }) => weightsBelow(node)))];
      this.#sides.set(rights, (side = { cuts: joinCuts(rights), weights }));
    }
    return side;
  }

  #pack(right: DenseTensor): number {
    const { programs } = this.#backend;
    const [k, n] = right.shape as [number, number];
    const [rowStep, columnStep] = right.strides as [number, number];
    const packed = programs.addressOf(empty([k * (Math.ceil(n / 8) * 8)], "float32"));
    this.#program.run("packRight", [[programs.addressOf(right), rowStep, columnStep, packed, k, n, 0, n]]);
    return packed;
  }
}

// Of tensors of one shape: a transpose has other strides alone.
function sameElements({ storage, offset, strides }: DenseTensor, other: DenseTensor | undefined): boolean {
  return storage === other?.storage && offset === other.offset && sameShape(strides, other.strides) && !storage.disposed;
}

function weightsBelow(node: Node): string[] {
  return node.leaf === undefined ? node.inputs.flatMap(weightsBelow) : [node.leaf.name];
}
