import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";

const operations = {
  matmul: (a, b) => tf.matMul(a, b),
  matmulTransposed: (a, b) => tf.matMul(a, b, false, true),
  add: tf.add,
  mul: tf.mul,
  relu: tf.relu,
  exp: tf.exp,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  sum: (x) => tf.sum(x),
  sumOfRows: (x) => tf.sum(x, 0),
  maxOfColumns: (x) => tf.max(x, 1),
  softmax: (x) => tf.softmax(x),
};

/**
 * TensorFlow.js on one thread.
 *
 * @param {"cpu" | "wasm"} backend
 */
export async function tfjsEngine(backend) {
  tf.env().set("IS_TEST", true); // keeps its advertisement for another package off the console
  if (backend === "wasm") setThreadsCount(1);
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend does not start`);
  tf.env().set("IS_TEST", false); // it would look for leaks after every operation
  return {
    name: `tfjs-${backend}`,
    async enter() {
      await tf.setBackend(backend);
    },
    prepare({ operation, operands }) {
      const inputs = operands.map(({ shape, data }) => tf.tensor(data, shape, "float32"));
      const compute = operations[operation];
      return {
        run() {
          compute(...inputs).dispose();
        },
        read() {
          const result = compute(...inputs);
          const data = result.dataSync();
          result.dispose();
          return data;
        },
        dispose: () => inputs.forEach((input) => input.dispose()),
      };
    },
  };
}
