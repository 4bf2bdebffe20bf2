import { fromTypedArray, referenceBackend, scope, withBackend } from "@unroll/tensor";

const operations = {
  matmul: (a, b) => a.matmul(b),
  matmulTransposed: (a, b) => a.matmul(b.transpose()),
  add: (a, b) => a.add(b),
  mul: (a, b) => a.mul(b),
  relu: (x) => x.relu(),
  exp: (x) => x.exp(),
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  sum: (x) => x.sum(),
  sumOfRows: (x) => x.sum({ axes: 0 }),
  maxOfColumns: (x) => x.max({ axes: 1 }),
  softmax: (x) => x.softmax(),
};

/** `@unroll/tensor` on one of its backends. */
export function unrollEngine(name, backend) {
  return {
    name,
    enter() {},
    prepare({ operation, operands }) {
      const inputs = withBackend(backend, () => operands.map(({ shape, data }) => fromTypedArray(data, shape)));
      const compute = () => operations[operation](...inputs);
      return {
        run() {
          scope(() => void compute());
        },
        read: () => compute().toTypedArray(),
        dispose: () => inputs.forEach((input) => input.dispose()),
      };
    },
  };
}

/** The reference backend. */
export function referenceEngine() {
  return unrollEngine("reference", referenceBackend);
}
