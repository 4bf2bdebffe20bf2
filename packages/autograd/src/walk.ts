import { sameShape, scope, type ShapedArray, type Tensor } from "@unroll/tensor";

import type { AnomalyWatch } from "./anomaly.js";
import { checkTensor } from "./check-tensor.js";
import { CotangentLedger } from "./cotangent-ledger.js";
import { AutogradError } from "./error.js";
import type { Edge } from "./edge.js";
import type { TapeNode } from "./node.js";
import { contextOf, ruleFor } from "./rule.js";
import { sumTo } from "./sum-to.js";
import type { Variable } from "./variable.js";

/** Sees a gradient that is complete, and may replace it. */
export type GradientHook = (gradient: Tensor) => Tensor | undefined;

/** What a walk does on its way. */
export interface WalkOptions {
  /** Variables whose gradients are asked for; every leaf when undefined. */
  readonly wanted: ReadonlySet<Edge> | undefined;
  readonly hooks: ReadonlyMap<Edge | TapeNode, readonly { readonly edge: Edge; readonly hook: GradientHook }[]>;
  readonly retainGraph: boolean;
  readonly anomaly: AnomalyWatch | undefined;
  /** Tensors that hooks have put aside, which outlive the scopes of the walk. */
  readonly retained: () => Iterable<Tensor>;
}

/** One backward pass: sends cotangents from the outputs to the leaves, latest operation first. */
export class BackwardWalk {
  readonly gradients: Map<Edge, Tensor> = new Map();
  readonly #options: WalkOptions;
  readonly #pending = new Map<TapeNode, (Tensor | undefined)[]>();
  readonly #ledger = new CotangentLedger();
  readonly #wantedOf = new Map<TapeNode, Edge[]>();

  constructor(options: WalkOptions) {
    this.#options = options;
    for (const edge of options.wanted ?? []) {
      if (edge.node === undefined) continue;
      this.#wantedOf.set(edge.node, [...(this.#wantedOf.get(edge.node) ?? []), edge]);
    }
  }

  /** Walks from `output`, whose cotangent is `seed`. */
  run(output: Edge, seed: Tensor): Map<Edge, Tensor> {
    this.#send(output, seed, { fresh: false });
    this.#walk([output], 0);
    for (const [leaf, gradient] of this.gradients) {
      if (leaf.node === undefined) this.gradients.set(leaf, this.#hooked(leaf, leaf, gradient));
    }
    return this.gradients;
  }

  #walk(outputs: readonly Edge[], from: number): void {
    for (const node of reachable(outputs, from)) {
      const cotangents = this.#pending.get(node);
      if (cotangents === undefined) continue;
      this.#pending.delete(node);
      cotangents.forEach((cotangent, index) => {
        if (cotangent !== undefined && index < node.innerFrom) cotangents[index] = this.#arrived(node, index, cotangent);
      });
      this.#differentiate(node, cotangents);
      for (const cotangent of cotangents) this.#ledger.release(cotangent);
      if (!this.#options.retainGraph) free(node);
    }
  }

  // What goes on from here.
  #arrived(node: TapeNode, index: number, cotangent: Tensor): Tensor {
    const hooks = this.#options.hooks.get(node);
    const edge = hooks?.find((watched) => watched.edge.outputIndex === index)?.edge;
    const gradient = edge === undefined ? cotangent : this.#hooked(node, edge, cotangent);
    for (const wanted of this.#wantedOf.get(node) ?? []) {
      if (wanted.outputIndex !== index) continue;
      this.#ledger.pin(gradient);
      this.gradients.set(wanted, gradient);
    }
    return gradient;
  }

  #isWatched(edge: Edge | undefined): boolean {
    if (edge === undefined) return false;
    const hooked = this.#options.hooks.get(edge.node ?? edge)?.some((watched) => watched.edge === edge);
    return hooked === true || this.#options.wanted?.has(edge) === true;
  }

  #completed(node: TapeNode, index: number, gradient: Tensor): void {
    if (this.#arrived(node, index, gradient) === gradient) return;
    throw new AutogradError(
      "mismatch",
      `onGradient: ${node.primitive} has gone on from this gradient already, and takes none in its place; only look at it, or run the layer step by step (engine: "tape")`,
    );
  }

  #hooked(key: Edge | TapeNode, edge: Edge, gradient: Tensor): Tensor {
    let result = gradient;
    for (const watched of this.#options.hooks.get(key) ?? []) {
      if (watched.edge !== edge) continue;
      this.#ledger.pin(result);
      result = sized(watched.hook(result) ?? result, edge, "onGradient");
      this.#ledger.pin(result);
    }
    return result;
  }

  #differentiate(node: TapeNode, cotangents: readonly (Tensor | undefined)[]): void {
    if (node.freed) {
      throw new AutogradError(
        "freed",
        `gradients: the graph through ${node.primitive} was freed by an earlier backward pass; give that one retainGraph: true`,
      );
    }
    const plain =
      node.rule !== undefined && cotangents.every(isPlain) && node.savedInputs.every(isPlain) && isPlain(node.savedOutput);
    // An outer tape, or a user, may keep what takes part from here on.
    if (!plain && node.replay?.isolated !== true) for (const cotangent of cotangents) this.#ledger.pin(cotangent);
    if (node.replay !== undefined) return this.#replay(node, cotangents);
    if (node.pullback !== undefined) return this.#pull(node, node.pullback, cotangents);
    for (const saved of node.savedInputs) checkAlive(node, saved);
    checkAlive(node, node.savedOutput);
    this.#options.anomaly?.unchanged(node);
    const compute = (): (Tensor | undefined)[] => node.parents.map((parent, index) => vjpOf(node, parent, index, cotangents));
    // Where no outer tape records the derivative, what it leaves behind on its way is free at once.
    this.#sendAll(node, plain ? scope(compute) : compute(), cotangents, { fresh: plain });
  }

  #pull(node: TapeNode, pullback: NonNullable<TapeNode["pullback"]>, cotangents: readonly (Tensor | undefined)[]): void {
    const received = contextOf(node, 0, cotangents).cotangents();
    const { retainGraph } = this.#options;
    // Where it fails halfway, it may have written over what it was left.
    if (!retainGraph) free(node);
    const results = pullback(received, {
      retainGraph,
      complete: (index, gradient) => this.#completed(node, index, gradient),
      isWatched: (index) => this.#isWatched(node.parents[index]),
    });
    const wanted = node.parents.length;
    const found = Array.isArray(results) ? results.length : "no array";
    if (found !== wanted) {
      throw new AutogradError(
        "mismatch",
        `${node.primitive}: backward gives an array with one gradient per input, undefined for none, got ${found} for ${wanted}`,
      );
    }
    this.#sendAll(node, results, cotangents, { fresh: false });
  }

  #sendAll(
    node: TapeNode,
    results: readonly (Tensor | undefined)[],
    received: readonly (Tensor | undefined)[],
    { fresh }: { readonly fresh: boolean },
  ): void {
    results.forEach((result, index) => {
      const parent = node.parents[index];
      if (parent === undefined || result === undefined) return;
      this.#options.anomaly?.sent(node, index, result, received);
      this.#send(parent, sized(result, parent, node.primitive), { fresh });
    });
  }

  // The cotangents go on through the operations of the second run, in the order the plain tape has: the sums are the same to the bit.
  #replay(node: TapeNode, cotangents: readonly (Tensor | undefined)[]): void {
    const { run, isolated } = node.replay as NonNullable<TapeNode["replay"]>;
    const again = (): Tensor[] => {
      const outputs = run();
      checkReplay(node, outputs);
      const edges = outputs.flatMap((output, index) => {
        const cotangent = cotangents[index];
        const edge = output.interpreter.name === "tape" ? (output as Variable).edge : undefined;
        if (cotangent === undefined || edge === undefined || !node.parents.some((parent) => parent?.tape === edge.tape))
          return [];
        this.#send(edge, cotangent, { fresh: false });
        return [edge];
      });
      this.#walk(edges, node.order + 1);
      const rest = [...this.#pending.values()].flat().filter((x) => x !== undefined);
      return [...this.gradients.values(), ...this.#options.retained(), ...rest];
    };
    if (isolated && cotangents.every(isPlain)) scope(again);
    else again();
  }

  #send(edge: Edge, cotangent: Tensor, { fresh }: { readonly fresh: boolean }): void {
    const own = cotangent.dtype === edge.dtype ? cotangent : cotangent.cast(edge.dtype);
    const { node, outputIndex } = edge;
    if (node === undefined) {
      if (this.#options.wanted?.has(edge) === false && !this.#options.hooks.has(edge)) {
        this.#ledger.hold(own, { fresh });
        this.#ledger.release(own);
        return;
      }
      this.gradients.set(edge, this.#sum(this.gradients.get(edge), own, { fresh }));
      return;
    }
    let cotangents = this.#pending.get(node);
    if (cotangents === undefined)
      this.#pending.set(node, (cotangents = new Array<Tensor | undefined>(node.outputs.length).fill(undefined)));
    cotangents[outputIndex] = this.#sum(cotangents[outputIndex], own, { fresh });
  }

  #sum(before: Tensor | undefined, cotangent: Tensor, { fresh }: { readonly fresh: boolean }): Tensor {
    this.#ledger.hold(cotangent, { fresh });
    if (before === undefined) return cotangent;
    const sum = before.add(cotangent);
    if (!isPlain(sum)) for (const part of [before, cotangent]) this.#ledger.pin(part);
    this.#ledger.hold(sum, { fresh: true });
    this.#ledger.release(before);
    this.#ledger.release(cotangent);
    return sum;
  }
}

function vjpOf(
  node: TapeNode,
  parent: Edge | undefined,
  index: number,
  cotangents: readonly (Tensor | undefined)[],
): Tensor | undefined {
  const rule = parent === undefined || node.rule === undefined ? null : ruleFor(node.rule, index);
  if (parent === undefined || rule === null) return undefined;
  const context = contextOf(node, index, cotangents);
  const cotangent = node.outputs.length === 1 ? (cotangents[0] as Tensor) : (context.cotangents()[0] as Tensor);
  return sumTo(rule.vjp(cotangent, context, node.attributes as never), parent.shape);
}

function free(node: TapeNode): void {
  node.freed = true;
  node.savedInputs = [];
  node.savedOutput = undefined;
  node.pullback = undefined;
  node.replay = undefined;
}

function isPlain(x: Tensor | undefined): boolean {
  return x === undefined || x.interpreter.level === 0;
}

function checkAlive(node: TapeNode, saved: Tensor | undefined): void {
  if (saved?.interpreter.level !== 0 || !saved.toDense().storage.disposed) return;
  throw new AutogradError(
    "freed",
    `gradients: ${node.primitive} needs a value of the forward pass that was freed; take gradients before its scope() ends or it is disposed`,
  );
}

function sized(gradient: Tensor, { shape }: ShapedArray, operation: string): Tensor {
  checkTensor(operation, gradient);
  if (sameShape(gradient.shape, shape)) return gradient;
  throw new AutogradError(
    "mismatch",
    `${operation}: a gradient has the shape of its value, [${shape.join(", ")}], got [${gradient.shape.join(", ")}]`,
  );
}

function checkReplay(node: TapeNode, outputs: readonly ShapedArray[]): void {
  const print = (arrays: readonly ShapedArray[]): string =>
    arrays.map(({ shape, dtype }) => `${dtype}[${shape.join(", ")}]`).join(" ");
  if (print(outputs) === print(node.outputs)) return;
  throw new AutogradError(
    "mismatch",
    `checkpoint: the function must do the same when it is run again, got ${print(outputs)} after ${print(node.outputs)}; pass its generators`,
  );
}

// The nodes the outputs depend on, latest first.
function reachable(outputs: readonly Edge[], from: number): TapeNode[] {
  const seen = new Set<TapeNode>();
  const stack = outputs.flatMap(({ node }) => (node === undefined ? [] : [node]));
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.order < from || seen.has(node)) continue;
    seen.add(node);
    for (const parent of node.parents) if (parent?.node !== undefined) stack.push(parent.node);
  }
  return [...seen].sort((a, b) => b.order - a.order);
}
