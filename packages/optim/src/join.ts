import { concat, DenseTensor, sizeOf, type Shape, type Tensor } from "@unroll/tensor";

/** Tensors end to end as one vector: a view, where they lie so in one storage. One tensor stays as it is. */
export function join(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 1) return tensors[0] as Tensor;
  const length = tensors.reduce((sum, { size }) => sum + size, 0);
  if (lieEndToEnd(tensors)) return window(tensors[0], { start: 0, shape: [length] });
  const vectors = tensors.map((x) => (isWindow(x) ? window(x, { start: 0, shape: [x.size] }) : x.reshape([x.size])));
  return concat(vectors, { axis: 0 });
}

/** The parts of what {@link join} made of tensors of these shapes, as views. */
export function part(joined: Tensor, shapes: readonly Shape[]): Tensor[] {
  if (shapes.length === 1) return [joined];
  if (!isWindow(joined)) {
    return joined.split(shapes.map(sizeOf), { axis: 0 }).map((x, index) => x.reshape(shapes[index] as Shape));
  }
  return windowsOf(joined, shapes);
}

/** Views of these shapes on a tensor without gaps, end to end. */
export function windowsOf(joined: DenseTensor, shapes: readonly Shape[]): DenseTensor[] {
  let start = 0;
  return shapes.map((shape) => {
    const view = window(joined, { start, shape });
    start += view.size;
    return view;
  });
}

// Plain tensors in one piece are cut without going through dispatch: an update makes some ten views per parameter.
function isWindow(x: Tensor | undefined): x is DenseTensor {
  return x instanceof DenseTensor && x.isContiguous;
}

function window(x: DenseTensor, { start, shape }: { readonly start: number; readonly shape: Shape }): DenseTensor {
  return new DenseTensor(x.storage, { shape, offset: x.offset + start }, x.interpreter);
}

function lieEndToEnd(tensors: readonly Tensor[]): tensors is readonly [DenseTensor, ...DenseTensor[]] {
  const [first] = tensors;
  if (!isWindow(first)) return false;
  let end = first.offset;
  for (const x of tensors) {
    if (!isWindow(x) || x.storage !== first.storage || x.offset !== end) return false;
    end += x.size;
  }
  return true;
}
