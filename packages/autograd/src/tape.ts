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
  type Tensor,
} from "@unroll/tensor";

import { AutogradError } from "./error.js";
import type { TapeNode } from "./node.js";
import { contextOf, ruleFor, type VjpRule } from "./rule.js";
import { nonDifferentiable, vjpRules } from "./rules.js";
import { sumTo } from "./sum-to.js";
import { Variable } from "./variable.js";

/** How {@link Tape.gradients} starts and what it forgives. */
export interface GradientOptions {
  /** Cotangent of the output, of its shape; 1 for a scalar output when left out. */
  readonly seed?: Tensor;
  /** `"zeros"` gives zeros for an input the output does not depend on; `"error"` (default) says so. */
  readonly unused?: "zeros" | "error";
}

// Later tapes stand above earlier ones, across copies of this package, so that nested derivatives never mix.
const levels = Symbol.for("@unroll/autograd/levels/1");

function nextLevel(): number {
  const holder = globalThis as { [levels]?: number };
  return (holder[levels] = (holder[levels] ?? 0) + 1);
}

/** Records the primitives its variables take part in, and walks them backwards. A tape is a value; there is no global one. */
export class Tape implements Interpreter {
  readonly level: number = nextLevel();
  readonly name = "tape";
  #recorded = 0;

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
    const parents = new Array<Variable | undefined>(count);
    for (let index = 0; index < count; index++) {
      const input = inputs[index] as Tensor;
      const own = input instanceof Variable && input.interpreter === this;
      parents[index] = own ? input : undefined;
      values[index] = own ? input.value : input;
    }
    const outputs = dispatch(primitive, values, attributes);
    const name = primitive.name as PrimitiveName;
    if (nonDifferentiable.includes(name) || !isFloat((outputs[0] as Tensor).dtype)) return outputs;
    const rule = vjpRules[name] as VjpRule;
    const savedInputs = new Array<Tensor | undefined>(count);
    let savesOutput = false;
    for (let index = 0; index < count; index++) {
      const own = parents[index] === undefined ? null : ruleFor(rule, index);
      if (own?.output === true) savesOutput = true;
      for (const read of own?.inputs ?? []) savedInputs[read] = values[read];
    }
    const node: TapeNode = {
      primitive: name,
      attributes,
      parents,
      inputs: values.map(shapedArray),
      outputs: outputs.map(shapedArray),
      savedInputs,
      savedOutput: savesOutput ? outputs[0] : undefined,
      order: this.#recorded++,
    };
    return outputs.map((output, index) => new Variable(output, this, node, index));
  }

  constant(value: number, dtype: DType): Tensor {
    return evaluator.constant(value, dtype);
  }

  /**
   * The gradients of `output` with respect to `inputs`, which are variables of this tape.
   *
   * @throws AutogradError `not-scalar` without a seed, `not-recorded` when the output is no variable of this tape,
   * `unused` when the output does not depend on an input.
   */
  gradients(output: Tensor, inputs: readonly Variable[], { seed, unused = "error" }: GradientOptions = {}): Tensor[] {
    if (!(output instanceof Variable) || output.interpreter !== this) {
      if (unused === "zeros") return inputs.map(zerosLike);
      throw new AutogradError(
        "not-recorded",
        "gradients: the output was not computed from variables of this tape; nothing differentiable connects them",
      );
    }
    if (seed === undefined && output.size !== 1) {
      throw new AutogradError(
        "not-scalar",
        `gradients: an output of shape ${formatShape(output.shape)} needs a seed of that shape; or reduce it, as with sum()`,
      );
    }
    if (seed !== undefined && !sameShape(seed.shape, output.shape)) {
      throw new AutogradError(
        "mismatch",
        `gradients: the seed must have shape ${formatShape(output.shape)}, got ${formatShape(seed.shape)}`,
      );
    }
    const wanted = new Set(inputs);
    const leaves = new Map<Variable, Tensor>();
    const pending = new Map<TapeNode, (Tensor | undefined)[]>();
    const send = (variable: Variable, cotangent: Tensor): void => {
      if (wanted.has(variable) || variable.node === undefined) {
        const before = leaves.get(variable);
        leaves.set(variable, before === undefined ? cotangent : before.add(cotangent));
      }
      if (variable.node === undefined) return;
      const cotangents = pending.get(variable.node) ?? [];
      const before = cotangents[variable.outputIndex];
      cotangents[variable.outputIndex] = before === undefined ? cotangent : before.add(cotangent);
      pending.set(variable.node, cotangents);
    };
    send(output, seed ?? onesLike(output));
    for (const node of reachable(output)) {
      const cotangents = pending.get(node);
      if (cotangents === undefined) continue;
      pending.delete(node);
      node.parents.forEach((parent, index) => {
        const rule = parent === undefined ? null : ruleFor(vjpRules[node.primitive as PrimitiveName] as VjpRule, index);
        if (parent === undefined || rule === null) return;
        const context = contextOf(node, index, cotangents);
        const cotangent = node.outputs.length === 1 ? (cotangents[0] as Tensor) : (context.cotangents()[0] as Tensor);
        send(parent, sumTo(rule.vjp(cotangent, context, node.attributes as never), parent.shape));
      });
    }
    return inputs.map((input) => {
      const gradient = leaves.get(input);
      if (gradient === undefined && unused === "error") {
        throw new AutogradError(
          "unused",
          `gradients: the output does not depend on input ${inputs.indexOf(input)} of shape ${formatShape(input.shape)}; pass unused: "zeros" if that is meant`,
        );
      }
      return gradient ?? zerosLike(input);
    });
  }
}

function shapedArray({ shape, dtype }: Tensor): { readonly shape: readonly number[]; readonly dtype: DType } {
  return { shape, dtype };
}

// The nodes an output depends on, latest first.
function reachable(output: Variable): TapeNode[] {
  const seen = new Set<TapeNode>();
  const stack = output.node === undefined ? [] : [output.node];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const parent of node.parents) if (parent?.node !== undefined) stack.push(parent.node);
  }
  return [...seen].sort((a, b) => b.order - a.order);
}
