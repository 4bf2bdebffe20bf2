import { onBackend, type Backend, type DenseTensor, type Tensor } from "@unroll/tensor";

/** The same elements on a backend, in row-major order without gaps. */
export function withoutGaps(x: Tensor, backend: Backend): DenseTensor {
  const dense = onBackend(x.toDense(), backend);
  return dense.isContiguous ? dense : dense.copy().toDense();
}
