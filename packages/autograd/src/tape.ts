import {
  dispatch,
  evaluator,
  formatShape,
  isFloat,
  onesLike,
  sameShape,
  zerosLike,
  type DType,
  type Interpreter,
  type Primitive,
  type PrimitiveName,
  type ShapedArray,
  type Tensor,
} from "@unroll/tensor";

import { AnomalyWatch } from "./anomaly.js";
import { checkTensor } from "./check-tensor.js";
import type { Edge } from "./edge.js";
import { AutogradError } from "./error.js";
import type { Pullback, Replay, TapeNode } from "./node.js";
import { recording, rests, type Recording } from "./recording.js";
import { ruleFor } from "./rule.js";
import { nonDifferentiable, vjpRules } from "./rules.js";
import { Variable } from "./variable.js";
import { BackwardWalk, type GradientHook } from "./walk.js";

/** How a backward pass starts. */
export interface BackwardOptions {
  /** Cotangent of the output, of its shape; 1 for a scalar output when left out. */
  readonly seed?: Tensor;
  /** Keeps what the tape saved, for another backward pass through the same graph (default false). */
  readonly retainGraph?: boolean;
}

/** How {@link Tape.gradients} starts and what it forgives. */
export interface GradientOptions extends BackwardOptions {
  /** `"zeros"` gives zeros for an input the output does not depend on; `"error"` (default) says so. */
  readonly unused?: "zeros" | "error";
}

/** An operation with a derivative of its own, for {@link Tape.record}. */
export interface RecordedOperation {
  readonly name: string;
  /** Its inputs; those that are variables of the tape get gradients. */
  readonly inputs: readonly Tensor[];
  /** What it computed, below this tape. */
  readonly outputs: readonly Tensor[];
  readonly pullback?: Pullback;
  /** The first of the outputs that the operation itself goes on from; none when left out. */
  readonly innerFrom?: number;
  readonly replay?: Replay;
}

const noAttributes: object = Object.freeze({});

/** Records the primitives its variables take part in, and walks them backwards. A tape is a value; there is no global one. */
export class Tape implements Interpreter {
  readonly level: number;
  readonly name = "tape";
  readonly #state: Recording;
  readonly #anomaly: AnomalyWatch | undefined;
  readonly #hooks = new Map<Edge | TapeNode, { readonly edge: Edge; readonly hook: GradientHook }[]>();
  readonly #gradients = new Map<Edge, Tensor>();
  readonly #ended = new Set<string>();
  #recorded = 0;

  constructor() {
    this.#state = recording();
    this.level = ++this.#state.levels;
    this.#anomaly = this.#state.anomaly ? new AnomalyWatch() : undefined;
  }

  /** A leaf: gradients can be taken with respect to it. */
  variable(value: Tensor): Variable {
    if (!isFloat(value.dtype)) {
      throw new AutogradError("mismatch", `variable: only float tensors have gradients, got ${value.dtype}; cast it first`);
    }
    return new Variable(value, this);
  }

  apply(primitive: Primitive, inputs: readonly Tensor[], attributes: object): Tensor[] {
    const count = inputs.length;
    const values = new Array<Tensor>(count);
    const parents = new Array<Edge | undefined>(count);
    for (let index = 0; index < count; index++) {
      const input = inputs[index] as Tensor;
      const own = input.interpreter === this;
      parents[index] = own ? (input as Variable).edge : undefined;
      values[index] = own ? (input as Variable).value : input;
    }
    const outputs = dispatch(primitive, values, attributes);
    if (rests(this.#state, this.level)) {
      const { capture } = this.#state;
      if (capture !== undefined) for (const input of inputs) if (input.interpreter === this) capture.add(input as Variable);
      return outputs;
    }
    const name = primitive.name as PrimitiveName;
    const rule = vjpRules[name];
    if (rule === undefined || !isFloat((outputs[0] as Tensor).dtype)) {
      if (rule === undefined && !nonDifferentiable.includes(name)) throw missingRule(name);
      this.#ended.add(name);
      return outputs;
    }
    const savedInputs = new Array<Tensor | undefined>(count).fill(undefined);
    let savesOutput = false;
    for (let index = 0; index < count; index++) {
      const own = parents[index] === undefined ? null : ruleFor(rule, index);
      if (own === null) continue;
      if (own.output === true) savesOutput = true;
      if (own.inputs !== undefined) for (const read of own.inputs) savedInputs[read] = values[read];
    }
    const node: TapeNode = {
      primitive: name,
      attributes,
      parents,
      inputs: values.map(shapedArray),
      outputs: outputs.map(shapedArray),
      rule,
      savedInputs,
      savedOutput: savesOutput ? outputs[0] : undefined,
      pullback: undefined,
      innerFrom: Infinity,
      replay: undefined,
      freed: false,
      order: this.#recorded++,
    };
    if (this.#anomaly !== undefined) this.#anomaly.recorded(node, values, outputs);
    return outputs.map((output, index) => new Variable(output, this, node, index));
  }

  constant(value: number, dtype: DType): Tensor {
    return evaluator.constant(value, dtype);
  }

  /** Puts an operation with a derivative of its own on the tape; float outputs become variables. */
  record({ name, inputs, outputs, pullback, innerFrom = Infinity, replay }: RecordedOperation): Tensor[] {
    const node: TapeNode = {
      primitive: name,
      attributes: noAttributes,
      parents: inputs.map((input) => (input.interpreter === this ? (input as Variable).edge : undefined)),
      inputs: inputs.map(shapedArray),
      outputs: outputs.map(shapedArray),
      rule: undefined,
      savedInputs: [],
      savedOutput: undefined,
      pullback,
      innerFrom,
      replay,
      freed: false,
      order: this.#recorded++,
    };
    this.#anomaly?.recorded(node, inputs, outputs);
    return outputs.map((output, index) => (isFloat(output.dtype) ? new Variable(output, this, node, index) : output));
  }

  /**
   * The gradients of `output` with respect to `inputs`, which are variables of this tape, leaves or not. What the tape saved on
   * the way is freed unless `retainGraph` is set.
   *
   * @throws AutogradError `not-tensor` or `asynchronous` when the output is no tensor, `not-scalar` without a seed, `not-recorded` when
   * the output or an input is no variable of this tape, `unused` when the output does not depend on an input, `freed` the second time,
   * `mismatch` for a seed of another shape.
   */
  gradients(output: Tensor, inputs: readonly Variable[], options: GradientOptions = {}): Tensor[] {
    inputs.forEach((input, index) => {
      if (input.interpreter !== this) {
        throw new AutogradError(
          "not-recorded",
          `gradients: input ${index} must be a variable of this tape; make it with tape.variable(x)`,
        );
      }
    });
    checkStart(output, options.seed);
    if (output.interpreter !== this && options.unused === "zeros") return inputs.map(zerosLike);
    const found = this.#walk(output, new Set(inputs.map(({ edge }) => edge)), options);
    return inputs.map((input, index) => {
      const gradient = found.get(input.edge);
      if (gradient === undefined && options.unused !== "zeros") {
        throw new AutogradError(
          "unused",
          `gradients: the output does not depend on input ${index} of shape ${formatShape(input.shape)}${this.#endings()}; pass unused: "zeros" if that is meant`,
        );
      }
      return gradient ?? zerosLike(input);
    });
  }

  /**
   * Walks back from `output` and adds what arrives to the `gradient` of every leaf, and of every value whose gradient is retained.
   *
   * @throws AutogradError as {@link Tape.gradients}.
   */
  backward(output: Tensor, options: BackwardOptions = {}): void {
    checkStart(output, options.seed);
    for (const [leaf, gradient] of this.#walk(output, undefined, options)) this.#add(leaf, gradient);
  }

  /** Calls `hook` with the whole gradient of `variable` in each backward pass; what it returns, if anything, goes on instead. */
  onGradient(variable: Variable, hook: GradientHook): void {
    const { edge } = variable;
    const key = edge.node ?? edge;
    this.#hooks.set(key, [...(this.#hooks.get(key) ?? []), { edge, hook }]);
  }

  /** Makes `backward` put aside the gradient of a value that is not a leaf. */
  retainGradient(variable: Variable): void {
    if (variable.edge.node === undefined) return;
    this.onGradient(variable, (gradient) => {
      this.#add(variable.edge, gradient);
      return undefined;
    });
  }

  /** What `backward` has added up for `variable`. */
  gradientOf(variable: Variable): Tensor | undefined {
    return this.#gradients.get(variable.edge);
  }

  #add(edge: Edge, gradient: Tensor): void {
    const before = this.#gradients.get(edge);
    this.#gradients.set(edge, before === undefined ? gradient : before.add(gradient));
  }

  #walk(
    output: Tensor,
    wanted: ReadonlySet<Edge> | undefined,
    { seed, retainGraph = false }: BackwardOptions,
  ): Map<Edge, Tensor> {
    if (output.interpreter !== this) {
      throw new AutogradError(
        "not-recorded",
        `gradients: the output was not computed from variables of this tape; nothing differentiable connects them${this.#endings()}`,
      );
    }
    const walk = new BackwardWalk({
      wanted,
      hooks: this.#hooks,
      retainGraph,
      anomaly: this.#anomaly,
      retained: () => this.#gradients.values(),
    });
    return walk.run((output as Variable).edge, seed ?? onesLike(output));
  }

  #endings(): string {
    return this.#ended.size === 0 ? "" : ` (results of ${[...this.#ended].join(", ")} carry no gradient)`;
  }
}

// Looks at what a pass starts from, whether recorded or not.
function checkStart(output: Tensor, seed: Tensor | undefined): void {
  checkTensor("gradients", output);
  if (seed === undefined) {
    if (output.size === 1) return;
    throw new AutogradError(
      "not-scalar",
      `gradients: an output of shape ${formatShape(output.shape)} needs a seed of that shape; or reduce it, as with sum()`,
    );
  }
  checkTensor("gradients", seed);
  if (sameShape(seed.shape, output.shape)) return;
  throw new AutogradError(
    "mismatch",
    `gradients: the seed must have shape ${formatShape(output.shape)}, got ${formatShape(seed.shape)}`,
  );
}

function shapedArray({ shape, dtype }: Tensor): ShapedArray {
  return { shape, dtype };
}

function missingRule(name: string): AutogradError {
  return new AutogradError("not-recorded", `${name}: has no derivative; build it from primitives, or give it one with customVjp`);
}
