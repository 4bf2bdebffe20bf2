import { isFloat, type DType } from "./dtype.js";
import { fail } from "./error.js";
import type { Interpreter } from "./interpreter.js";
import type { Primitive } from "./primitives/primitive.js";
import { promote } from "./promotion.js";
import type { Tensor } from "./tensor.js";

/** What may stand where a tensor is expected: a number takes the dtype of the tensors beside it. */
export type Operand<D extends DType = DType> = Tensor<D> | number;

const noAttributes: object = Object.freeze({});

/**
 * Runs a primitive in the interpreter of its most demanding input.
 *
 * @throws TensorError `dtype` when no input is a tensor.
 */
export function dispatch(primitive: Primitive, operands: readonly Operand[], attributes: object = noAttributes): Tensor[] {
  let interpreter: Interpreter | undefined;
  let dtype: DType | undefined;
  let numbers = false;
  for (const operand of operands) {
    if (typeof operand === "number") {
      numbers = true;
      continue;
    }
    const own = (operand as Tensor | undefined)?.interpreter;
    if (own === undefined) return refuse(primitive, operand);
    if (interpreter === undefined || own.level > interpreter.level) interpreter = own;
    dtype = dtype === undefined ? operand.dtype : promote(dtype, operand.dtype);
  }
  if (interpreter === undefined || dtype === undefined) return refuse(primitive, operands[0]);
  if (!numbers) return interpreter.apply(primitive, operands as readonly Tensor[], attributes);
  const inputs = new Array<Tensor>(operands.length);
  for (let index = 0; index < operands.length; index++) {
    const operand = operands[index] as Operand;
    inputs[index] = typeof operand === "number" ? interpreter.constant(operand, numberDtype(operand, dtype)) : operand;
  }
  return interpreter.apply(primitive, inputs, attributes);
}

function refuse({ name }: Primitive, operand: unknown): never {
  return fail("dtype", `${name}: takes tensors, and numbers beside them, got ${String(operand)}; wrap it with tensor()`);
}

/** As {@link dispatch}, for primitives with one output. */
export function dispatchOne(primitive: Primitive, operands: readonly Operand[], attributes: object = noAttributes): Tensor {
  return dispatch(primitive, operands, attributes)[0] as Tensor;
}

function numberDtype(value: number, beside: DType): DType {
  if (isFloat(beside)) return beside;
  return value === (value | 0) ? "int32" : "float32";
}
