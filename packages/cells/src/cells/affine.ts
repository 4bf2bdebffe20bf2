import type { Tensor } from "@unroll/tensor";

/** `x W^T + b`: `[batch, in] -> [batch, out]`, `weight [out, in]`, `bias [out]` or none. */
export function affine(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  const product = x.matmul(weight.transpose());
  return bias === undefined ? product : product.add(bias);
}
