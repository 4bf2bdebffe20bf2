// One loop each, so that the call within it is always the same.
const loops = {
  exp(data, result) {
    for (let index = 0; index < data.length; index++) result[index] = Math.exp(data[index]);
  },
  tanh(data, result) {
    for (let index = 0; index < data.length; index++) result[index] = Math.tanh(data[index]);
  },
  sigmoid(data, result) {
    for (let index = 0; index < data.length; index++) result[index] = 1 / (1 + Math.exp(-data[index]));
  },
};

/** A plain loop over `Math.*`, into an array that exists. */
export function mathEngine() {
  return {
    name: "Math.*",
    enter() {},
    prepare({ operation, operands }) {
      const loop = loops[operation];
      if (loop === undefined) return undefined;
      const { data } = operands[0];
      const result = new Float32Array(data.length);
      return {
        run: () => loop(data, result),
        read() {
          loop(data, result);
          return result;
        },
        dispose() {},
      };
    },
  };
}
