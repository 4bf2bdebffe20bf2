import { blockUntilReady, defaultDevice, init, jit, nn, numpy } from "@jax-js/jax";

const operations = {
  matmul: (a, b) => numpy.matmul(a, b),
  matmulTransposed: (a, b) => numpy.matmul(a, numpy.transpose(b)),
  add: (a, b) => numpy.add(a, b),
  mul: (a, b) => numpy.multiply(a, b),
  relu: (x) => nn.relu(x),
  exp: (x) => numpy.exp(x),
  tanh: (x) => numpy.tanh(x),
  sigmoid: (x) => nn.sigmoid(x),
  sum: (x) => numpy.sum(x),
  sumOfRows: (x) => numpy.sum(x, 0),
  maxOfColumns: (x) => numpy.max(x, 1),
  softmax: (x) => nn.softmax(x),
};

/** jax-js on its WebAssembly device, each operation compiled by `jit`. */
export async function jaxEngine() {
  await init("wasm");
  defaultDevice("wasm");
  return {
    name: "jax-js",
    enter() {},
    prepare({ operation, operands }) {
      const inputs = operands.map(({ shape, data }) => numpy.array(data).reshape(shape));
      const compiled = jit(operations[operation]);
      const compute = () => compiled(...inputs.map((input) => input.ref));
      return {
        async run() {
          const result = compute();
          await blockUntilReady(result);
          result.dispose();
        },
        read: () => compute().data(),
        dispose: () => inputs.forEach((input) => input.dispose()),
      };
    },
  };
}
