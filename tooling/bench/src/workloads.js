/**
 * @typedef {object} Workload
 * @property {string} group - Table it stands in.
 * @property {string} title - Row.
 * @property {string} operation - Key into each engine's operations.
 * @property {{ shape: number[], data: Float32Array }[]} operands
 * @property {number} work - Floating-point operations of a product, else elements read.
 */

/** Values in -1..1 without a pattern that a branch predictor or a denormal could favour. */
function values(length, phase) {
  return Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898 + phase));
}

function operand(shape, phase) {
  return {
    shape,
    data: values(
      shape.reduce((size, length) => size * length, 1),
      phase,
    ),
  };
}

/** `[m, k] x [k, n]` */
function product(m, n, k) {
  const operands = [operand([m, k], 1), operand([k, n], 2)];
  return { group: "Matrix products", title: `${m} x ${n} x ${k}`, operation: "matmul", operands, work: 2 * m * n * k };
}

/** `[m, k] x [n, k]^T`: how a recurrent layer multiplies by its weights. */
function layerProduct(group, m, n, k) {
  const operands = [operand([m, k], 1), operand([n, k], 2)];
  return { group, title: `${m} x ${n} x ${k}`, operation: "matmulTransposed", operands, work: 2 * m * n * k };
}

function elementwise(operation, ...shapes) {
  const operands = shapes.map((shape, index) => operand(shape, index));
  const title = `${operation} ${shapes.map((shape) => shape.join(" x ")).join(", ")}`;
  return { group: "Element by element", title, operation, operands, work: operands[0].data.length };
}

function reduction(operation, title, shape) {
  const operands = [operand(shape, 1)];
  return { group: "Reductions", title: `${title} ${shape.join(" x ")}`, operation, operands, work: operands[0].data.length };
}

const recurrent = "Products of recurrent layers (rows x units x features, weights transposed)";
const vectors = "Products with one or two rows";

/** @type {readonly Workload[]} */
export const workloads = [
  ...[64, 128, 256, 512, 1024].map((size) => product(size, size, size)),
  layerProduct(recurrent, 32, 512, 128),
  layerProduct(recurrent, 2048, 512, 64),
  layerProduct(recurrent, 64, 2048, 512),
  layerProduct(recurrent, 32, 192, 64),
  layerProduct(vectors, 1, 1024, 256),
  layerProduct(vectors, 2, 1024, 256),
  layerProduct(vectors, 1, 128, 32),
  elementwise("add", [512, 512], [512, 512]),
  elementwise("add", [512, 512], [512]),
  elementwise("mul", [32, 128], [32, 128]),
  elementwise("relu", [512, 512]),
  elementwise("exp", [512, 512]),
  elementwise("tanh", [512, 512]),
  elementwise("sigmoid", [512, 512]),
  elementwise("tanh", [32, 128]),
  reduction("sum", "sum", [512, 512]),
  reduction("sumOfRows", "sum over axis 0", [512, 512]),
  reduction("maxOfColumns", "max over axis 1", [512, 512]),
  reduction("softmax", "softmax", [256, 1024]),
];
