import type { Operand } from "../dispatch.js";
import type { DType } from "../dtype.js";
import { primitives } from "../primitives/table.js";
import type { Arithmetic, NumberBeside, Promote, Quotient } from "../promotion.js";
import { broadcastShapes } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { AbstractTensor } from "./abstract-tensor.js";
import { apply } from "./apply.js";

/** Element-wise operations; a number may stand wherever a second tensor may. */
export abstract class ElementwiseMethods<D extends DType> extends AbstractTensor<D> {
  /** `-x` */
  neg(): Tensor<D> {
    return apply(primitives.neg, [this]);
  }

  /** `|x|` */
  abs(): Tensor<D> {
    return apply(primitives.abs, [this]);
  }

  /** -1, 0 or 1; NaN stays. */
  sign(): Tensor<D> {
    return apply(primitives.sign, [this]);
  }

  /** `e^x` */
  exp(): Tensor<D> {
    return apply(primitives.exp, [this]);
  }

  /** `e^x - 1`, exact near 0. */
  expm1(): Tensor<D> {
    return apply(primitives.expm1, [this]);
  }

  /** Natural logarithm; -Infinity at 0, NaN below. */
  log(): Tensor<D> {
    return apply(primitives.log, [this]);
  }

  /** `log(1 + x)`, exact near 0. */
  log1p(): Tensor<D> {
    return apply(primitives.log1p, [this]);
  }

  /** Square root; NaN below 0. */
  sqrt(): Tensor<D> {
    return apply(primitives.sqrt, [this]);
  }

  /** Sine, in radians. */
  sin(): Tensor<D> {
    return apply(primitives.sin, [this]);
  }

  /** Cosine, in radians. */
  cos(): Tensor<D> {
    return apply(primitives.cos, [this]);
  }

  /** Hyperbolic tangent. */
  tanh(): Tensor<D> {
    return apply(primitives.tanh, [this]);
  }

  /** `1 / (1 + e^-x)`, without overflow. */
  sigmoid(): Tensor<D> {
    return apply(primitives.sigmoid, [this]);
  }

  /** `max(x, 0)` */
  relu(): Tensor<D> {
    return apply(primitives.relu, [this]);
  }

  /** `x * x` */
  square(): Tensor<Arithmetic<D, D>> {
    return apply(primitives.mul, [this, this]);
  }

  /** `1 / x` */
  reciprocal(): Tensor<Quotient<D, D>> {
    return apply(primitives.div, [1, this]);
  }

  /** Element-wise sum, broadcast. */
  add<E extends DType = NumberBeside<D>>(other: Operand<E>): Tensor<Arithmetic<D, E>> {
    return apply(primitives.add, [this, other]);
  }

  /** Element-wise difference, broadcast. */
  sub<E extends DType = NumberBeside<D>>(other: Operand<E>): Tensor<Arithmetic<D, E>> {
    return apply(primitives.sub, [this, other]);
  }

  /** Element-wise product, broadcast. */
  mul<E extends DType = NumberBeside<D>>(other: Operand<E>): Tensor<Arithmetic<D, E>> {
    return apply(primitives.mul, [this, other]);
  }

  /** Element-wise quotient, broadcast; integers divide to float32. */
  div<E extends DType = NumberBeside<D>>(other: Operand<E>): Tensor<Quotient<D, E>> {
    return apply(primitives.div, [this, other]);
  }

  /** Element-wise power, broadcast. */
  pow<E extends DType = NumberBeside<D>>(exponent: Operand<E>): Tensor<Quotient<D, E>> {
    return apply(primitives.pow, [this, exponent]);
  }

  /** The larger of both, broadcast; NaN if either is. */
  maximum<E extends DType = NumberBeside<D>>(other: Operand<E>): Tensor<Promote<D, E>> {
    return apply(primitives.maximum, [this, other]);
  }

  /** The smaller of both, broadcast; NaN if either is. */
  minimum<E extends DType = NumberBeside<D>>(other: Operand<E>): Tensor<Promote<D, E>> {
    return apply(primitives.minimum, [this, other]);
  }

  /** `==`, bool. */
  equal(other: Operand): Tensor<"bool"> {
    return apply(primitives.equal, [this, other]);
  }

  /** `!=`, bool; true for NaN. */
  notEqual(other: Operand): Tensor<"bool"> {
    checkBroadcast("notEqual", this, other);
    return this.equal(other).logicalNot();
  }

  /** `<`, bool. */
  less(other: Operand): Tensor<"bool"> {
    return apply(primitives.less, [this, other]);
  }

  /** `<=`, bool. */
  lessEqual(other: Operand): Tensor<"bool"> {
    return apply(primitives.lessEqual, [this, other]);
  }

  /** `>`, bool. */
  greater(other: Operand): Tensor<"bool"> {
    checkBroadcast("greater", this, other);
    return apply(primitives.less, [other, this]);
  }

  /** `>=`, bool. */
  greaterEqual(other: Operand): Tensor<"bool"> {
    checkBroadcast("greaterEqual", this, other);
    return apply(primitives.lessEqual, [other, this]);
  }

  /** `!x`, bool. */
  logicalNot(): Tensor<"bool"> {
    return apply(primitives.equal, [this, 0]);
  }

  /** Whether each element is NaN, bool. */
  isNaN(): Tensor<"bool"> {
    return apply<"bool">(primitives.equal, [this, this]).logicalNot();
  }

  /** Whether each element is neither NaN nor an infinity, bool. */
  isFinite(): Tensor<"bool"> {
    return apply<D>(primitives.sub, [this, this]).equal(0);
  }

  /** A contiguous copy. */
  copy(): Tensor<D> {
    return apply(primitives.copy, [this]);
  }
}

// So that an error names the method, not the primitive it runs.
function checkBroadcast(operation: string, { shape }: AbstractTensor<DType>, other: Operand): void {
  if (typeof other !== "number") broadcastShapes(operation, shape, other.shape);
}
