import { dispatchOne } from "../dispatch.js";
import { isFloat } from "../dtype.js";
import { primitives } from "../primitives/table.js";
import type { Tensor } from "../tensor.js";

/** `log(1 + e^x)`, without overflow. */
export function softplus(x: Tensor): Tensor {
  return x.maximum(0).add(x.abs().neg().exp().log1p());
}

/** `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))` */
export function gelu(x: Tensor): Tensor {
  const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
  return x.mul(inner.tanh().add(1)).mul(0.5);
}

/** The largest integer not above each element. */
export function floor(x: Tensor): Tensor {
  if (!isFloat(x.dtype)) return x;
  const truncate = (y: Tensor): Tensor => y.cast("int32").cast(x.dtype);
  // In two parts of at most 31 bits each; from 2^52 on, every number is an integer.
  const high = truncate(x.div(2 ** 21)).mul(2 ** 21);
  const truncated = high.add(truncate(x.sub(high)));
  const floored = truncated.sub(truncated.greater(x).cast(x.dtype));
  return dispatchOne(primitives.where, [x.abs().less(2 ** 52), floored, x]);
}
