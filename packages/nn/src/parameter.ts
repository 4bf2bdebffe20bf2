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

import { checkTensors } from "./check-tensors.js";
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
  #freed = false;
  #bound: Tensor | undefined;

  // Looking at a parameter that nobody has used yet does not draw it.
  static {
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    const ofTensor = Reflect.get(Tensor.prototype, inspect) as (this: Tensor) => string;
    Object.defineProperty(this.prototype, inspect, {
      value(this: Parameter) {
        return (this.#bound ?? this.#value) === undefined
          ? `Parameter(${this.dtype} ${formatShape(this.shape)}, without a value)`
          : ofTensor.call(this);
      },
    });
  }

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

  /**
   * The current value; while {@link bind} is in force, what it was bound to.
   *
   * @throws ModuleError `freed` after {@link dispose}; `shape` when the initializer gives another shape or dtype.
   */
  get value(): Tensor {
    if (this.#bound !== undefined) return this.#bound;
    return (this.#value ??= keep(onCurrentBackend(this.#draw())));
  }

  /**
   * Takes over a new value of the same shape and frees the one before.
   *
   * @throws ModuleError `shape`, `not-tensor`
   */
  assign(value: Tensor): void {
    checkTensors("Parameter.assign", { value });
    if (!sameShape(value.shape, this.shape)) {
      fail("shape", `Parameter.assign: needs shape ${formatShape(this.shape)}, got ${formatShape(value.shape)}`);
    }
    const next = keep(value.cast(this.#dtype).toDense());
    if (this.#value !== undefined && this.#value.toDense().storage !== next.storage) this.#value.dispose();
    this.#value = next;
    this.#freed = false;
  }

  /** Forgets the value; the next use draws a new one from `generator`. */
  reset(generator: Generator): void {
    this.dispose();
    this.#freed = false;
    this.#generator = generator;
  }

  /**
   * Lets another tensor stand in for the value until it is bound to undefined: how a tape watches parameters.
   *
   * @returns what it was bound to before, to be bound again.
   */
  bind(stand: Tensor | undefined): Tensor | undefined {
    const before = this.#bound;
    this.#bound = stand;
    return before;
  }

  override toDense(): DenseTensor {
    return this.value.toDense();
  }

  /** Frees the value; the parameter has none until it is assigned, loaded or initialized. */
  override dispose(): void {
    this.#value?.dispose();
    this.#value = undefined;
    this.#freed = true;
  }

  #draw(): Tensor {
    const { shape } = this;
    const dtype = this.#dtype;
    if (this.#freed) {
      fail(
        "freed",
        `Parameter: its value ${formatShape(shape)} was freed by dispose(); load or initialize it to give it another`,
      );
    }
    const drawn = this.#initializer(shape, this.#generator, dtype);
    checkTensors("Parameter", { "what the initializer gives": drawn });
    if (drawn.dtype === dtype && sameShape(drawn.shape, shape)) return drawn;
    return fail(
      "shape",
      `Parameter: its initializer must give ${dtype} ${formatShape(shape)}, got ${drawn.dtype} ${formatShape(drawn.shape)}; cast or reshape what it draws`,
    );
  }
}

// Initialisers that compute in float64 leave their result on the reference backend, from where each use would copy it.
function onCurrentBackend(x: Tensor): Tensor {
  const backend = currentBackend();
  return backend.dtypes.includes(x.dtype) ? onBackend(x.toDense(), backend) : x;
}
