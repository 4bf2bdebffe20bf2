import {
  createGenerator,
  currentBackend,
  dispatch,
  evaluator,
  formatShape,
  keep,
  onBackend,
  sameShape,
  Tensor,
  type DenseTensor,
  type DType,
  type Generator,
  type Interpreter,
  type Shape,
} from "@unroll/tensor";

import { fail } from "./error.js";
import type { Initializer } from "./initializers.js";

/** What a parameter is before it has a value. */
export interface ParameterSpec {
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Default float32. */
  readonly dtype?: DType;
}

// Stands above every tape: an operation on parameters is an operation on what they hold at the moment.
const parameterInterpreter: Interpreter = {
  level: Infinity,
  name: "parameter",
  apply: (primitive, inputs, attributes) =>
    dispatch(
      primitive,
      inputs.map((input) => (Parameter.isParameter(input) ? input.value : input)),
      attributes,
    ),
  constant: (value, dtype) => evaluator.constant(value, dtype),
};

// A plain property, so that two copies of this package recognise each other's parameters.
const marker = "@unroll/nn/parameter/1";

/** A tensor that is learned: it holds a value, drawn when first needed, and takes part in operations as that value. */
export class Parameter extends Tensor {
  readonly "@unroll/nn/parameter/1": boolean = true;
  readonly shape: Shape;
  readonly interpreter: Interpreter = parameterInterpreter;
  readonly #dtype: DType;
  readonly #initializer: Initializer;
  #generator: Generator = createGenerator(0);
  #value: Tensor | undefined;
  #bound: Tensor | undefined;

  constructor({ shape, initializer, dtype = "float32" }: ParameterSpec) {
    super();
    this.shape = shape;
    this.#dtype = dtype;
    this.#initializer = initializer;
  }

  /** Whether a value is a parameter, of this copy of the package or another. */
  static isParameter(value: unknown): value is Parameter {
    return typeof value === "object" && value !== null && marker in value;
  }

  /** Of its values; while {@link bind} is in force, of what it was bound to. */
  get dtype(): DType {
    return this.#bound?.dtype ?? this.#dtype;
  }

  /** The current value; while {@link bind} is in force, what it was bound to. */
  get value(): Tensor {
    if (this.#bound !== undefined) return this.#bound;
    return (this.#value ??= keep(onCurrentBackend(this.#initializer(this.shape, this.#generator, this.#dtype))));
  }

  /**
   * Takes over a new value of the same shape and frees the one before.
   *
   * @throws ModuleError `shape`
   */
  assign(value: Tensor): void {
    if (!sameShape(value.shape, this.shape)) {
      fail("shape", `Parameter.assign: needs shape ${formatShape(this.shape)}, got ${formatShape(value.shape)}`);
    }
    const next = keep(value.cast(this.#dtype).toDense());
    if (this.#value !== undefined && this.#value.toDense().storage !== next.storage) this.#value.dispose();
    this.#value = next;
  }

  /** Forgets the value; the next use draws a new one from `generator`. */
  reset(generator: Generator): void {
    this.#value?.dispose();
    this.#value = undefined;
    this.#generator = generator;
  }

  /** Lets another tensor stand in for the value until it is bound to undefined: how a tape watches parameters. */
  bind(stand: Tensor | undefined): void {
    this.#bound = stand;
  }

  override toDense(): DenseTensor {
    return this.value.toDense();
  }

  override dispose(): void {
    this.#value?.dispose();
    this.#value = undefined;
  }
}

// Initialisers that compute in float64 leave their result on the reference backend, from where each use would copy it.
function onCurrentBackend(x: Tensor): Tensor {
  const backend = currentBackend();
  return backend.dtypes.includes(x.dtype) ? onBackend(x.toDense(), backend) : x;
}
