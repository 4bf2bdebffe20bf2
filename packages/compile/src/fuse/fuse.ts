import {
  currentBackend,
  DenseTensor,
  empty,
  formatShape,
  sameShape,
  scope,
  TensorError,
  type Backend,
  type Tensor,
} from "@unroll/tensor";

import { CompileError } from "../error.js";
import { runsPrograms, type ProgramBackend } from "../run/program-backend.js";
import { unlessForbidden } from "../run/runner-for.js";
import { withoutGaps } from "../run/without-gaps.js";
import { elementPass, type ElementFunction, type FusedInputs } from "./element-pass.js";
import { FusedRunner, type FusedPasses } from "./fused-runner.js";

// Elements are read as rows of so many, and what is left one by one.
const rowWidth = 64;

/** What a fused function runs with, beside its tensors. */
export interface FusedRunOptions {
  /** Default none. */
  readonly numbers?: readonly number[];
  /** Tensors to write the results to, of the shape of the inputs, which may be among them; fresh ones when left out. */
  readonly into?: readonly DenseTensor[];
}

/** An element-wise function as one pass over memory; see {@link fuse}. */
export class FusedFunction {
  readonly #inputs: Required<FusedInputs>;
  readonly #passes: FusedPasses;
  readonly #runners = new WeakMap<ProgramBackend, FusedRunner | undefined>();

  /** Use {@link fuse}. */
  constructor(inputs: Required<FusedInputs>, passes: FusedPasses) {
    this.#inputs = inputs;
    this.#passes = passes;
  }

  /** How many tensors it gives. */
  get outputs(): number {
    return this.#passes.rows.outputs.length;
  }

  /**
   * Runs over tensors of one shape, which may be another at each call.
   *
   * @returns undefined where it cannot: on a backend that runs no programs, for other dtypes than float32, and under a tape.
   * @throws CompileError `mismatch` for tensors of several shapes, another number of them than it takes, or `into` with gaps or elsewhere.
   */
  run(tensors: readonly Tensor[], { numbers = [], into }: FusedRunOptions = {}): readonly DenseTensor[] | undefined {
    const backend = currentBackend();
    this.#checkCounts(tensors, numbers, into);
    if (!runsPrograms(backend) || !tensors.every(isPlainFloat)) return undefined;
    this.#check(tensors, into);
    const runner = this.#runnerOn(backend);
    if (runner === undefined) return undefined;
    const { shape } = tensors[0] as Tensor;
    const results = into ?? Array.from({ length: this.outputs }, () => empty(shape, "float32"));
    const readable = tensors.filter((x): x is DenseTensor => isReadable(x, backend));
    if (readable.length === tensors.length) runner.run(readable, results, numbers);
    else {
      scope(() => {
        const inputs = tensors.map((x) => withoutGaps(x, backend));
        runner.run(inputs, results, numbers);
      });
    }
    return results;
  }

  #runnerOn(backend: ProgramBackend): FusedRunner | undefined {
    if (!this.#runners.has(backend)) {
      this.#runners.set(
        backend,
        unlessForbidden(backend, "fuse", (programs) => new FusedRunner(this.#passes, programs)),
      );
    }
    return this.#runners.get(backend);
  }

  #checkCounts(tensors: readonly unknown[], numbers: readonly unknown[], into: readonly unknown[] | undefined): void {
    const taken = this.#inputs;
    if (tensors.length !== taken.tensors || numbers.length !== taken.numbers) {
      mismatch(`takes ${taken.tensors} tensors and ${taken.numbers} numbers, got ${tensors.length} and ${numbers.length}`);
    }
    if (into !== undefined && into.length !== this.outputs)
      mismatch(`gives ${this.outputs} tensors, got ${into.length} to write to`);
  }

  #check(tensors: readonly Tensor[], into: readonly DenseTensor[] = []): void {
    const { shape } = tensors[0] as Tensor;
    for (const x of tensors) {
      if (!sameShape(x.shape, shape))
        mismatch(`takes tensors of one shape, got ${formatShape(shape)} and ${formatShape(x.shape)}`);
    }
    const inputs = tensors.filter((x): x is DenseTensor => x instanceof DenseTensor);
    into.forEach((x, index) => {
      if (!sameShape(x.shape, shape) || !isPlainFloat(x) || !isReadable(x, currentBackend())) {
        mismatch(
          `writes to float32 tensors ${formatShape(shape)} without gaps on the selected backend, got ${x.dtype} ${formatShape(x.shape)}`,
        );
      }
      if (into.slice(0, index).some((other) => distance(x, other) < x.size)) {
        mismatch("writes to tensors that do not overlap, got two that do; give each its own");
      }
      if (inputs.some((other) => distance(x, other) > 0 && distance(x, other) < x.size)) {
        mismatch("writes over an input or beside it, got a tensor that overlaps part of one; write to a fresh one");
      }
    });
  }
}

/**
 * Makes an element-wise function one pass over memory: the same bits as by its operations (but for the sign of a zero to which 0 is added),
 * without what they make on the way. `fn` is called when the pass is made, with tensors that have no elements; it must depend on nothing but its inputs, and not on their shape.
 *
 * @param fn - from tensors, and numbers, which it sees as tensors of shape [], to tensors.
 * @returns undefined for a function that uses other tensors, reads elements, or does what is not element by element.
 */
export function fuse(fn: ElementFunction, { tensors, numbers = 0 }: FusedInputs): FusedFunction | undefined {
  try {
    const inputs = { tensors, numbers };
    return new FusedFunction(inputs, { rows: elementPass(fn, inputs, rowWidth), rest: elementPass(fn, inputs, 1) });
  } catch (error) {
    // Shapes that do not fit are a sign of a function that minds them: as operations it may be right, or say so itself.
    if (error instanceof CompileError || error instanceof TensorError) return undefined;
    throw error;
  }
}

// Elements from the beginning of one tensor to that of another in the same storage.
function distance(a: DenseTensor, b: DenseTensor): number {
  return a.storage === b.storage ? Math.abs(a.offset - b.offset) : Infinity;
}

function isPlainFloat(x: Tensor): boolean {
  return x.dtype === "float32" && x.interpreter.level === 0;
}

// Whether programs read a tensor as it lies.
function isReadable(x: Tensor, backend: Backend): x is DenseTensor {
  return x instanceof DenseTensor && x.isContiguous && x.storage.backend === backend;
}

function mismatch(what: string): never {
  throw new CompileError("mismatch", `fuse: the function ${what}`);
}
