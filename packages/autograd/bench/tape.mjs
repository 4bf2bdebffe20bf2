// What the tape costs, on the built packages: `pnpm --filter @unroll/autograd... build`, then `pnpm --filter @unroll/autograd bench`.
import { checkpointedLoop, grad, Tape } from "@unroll/autograd";
import { createGenerator, normal, scope, setBackend, tensor, zeros } from "@unroll/tensor";
import { useWasm } from "@unroll/wasm";

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

// Nanoseconds of one call, the median of 31 runs of `count` calls.
function nanoseconds(count, run) {
  const once = () => {
    const start = performance.now();
    run(count);
    return ((performance.now() - start) / count) * 1e6;
  };
  once();
  once();
  return median(Array.from({ length: 31 }, once));
}

const a = tensor([1, 2, 3, 4]);
const b = tensor([1, 2, 3, 4]);
console.log("| operation on 4 elements | plain, ns | recorded, ns | overhead, ns |\n| --- | --- | --- | --- |");
for (const [name, operation] of Object.entries({
  mul: (x, y) => x.mul(y),
  add: (x, y) => x.add(y),
  tanh: (x) => x.tanh(),
  reshape: (x) => x.reshape([2, 2]),
})) {
  const plain = nanoseconds(20_000, (count) => {
    for (let i = 0; i < count; i++) operation(a, b);
  });
  const recorded = nanoseconds(20_000, (count) => {
    const tape = new Tape();
    const [x, y] = [tape.variable(a), tape.variable(b)];
    for (let i = 0; i < count; i++) operation(x, y);
  });
  console.log(`| ${name} | ${plain.toFixed(0)} | ${recorded.toFixed(0)} | ${(recorded - plain).toFixed(0)} |`);
}

const backend = await useWasm();
setBackend(backend);
const generator = createGenerator(3);
const hidden = 128;

function lstmStep([weightIh, weightHh], x, { h, c }) {
  const [i, f, g, o] = x.matmul(weightIh).add(h.matmul(weightHh)).split(4, { axis: 1 });
  const next = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
  return { h: o.sigmoid().mul(next.tanh()), c: next };
}

const draw = (shape) => normal(shape, { generator, deviation: 0.05 });
const weights = [draw([hidden, 4 * hidden]), draw([hidden, 4 * hidden])];
const x = draw([32, hidden]);
const start = { h: zeros([32, hidden]), c: zeros([32, hidden]) };
const plain = nanoseconds(10, (count) => {
  for (let i = 0; i < count; i++) scope(() => void lstmStep(weights, x, start));
});
const recorded = nanoseconds(10, (count) => {
  for (let i = 0; i < count; i++) {
    scope(() => {
      const tape = new Tape();
      lstmStep(
        weights.map((weight) => tape.variable(weight)),
        x,
        start,
      );
    });
  }
});
console.log(
  `\nLSTM step, hidden ${hidden}, batch 32: plain ${(plain / 1000).toFixed(0)} µs, recorded ${(recorded / 1000).toFixed(0)} µs, ratio ${(recorded / plain).toFixed(2)}`,
);

const steps = 4096;
const sequence = draw([steps, 1]);
const narrow = [draw([1, 4 * hidden]), weights[1]];
const row = { h: zeros([1, hidden]), c: zeros([1, hidden]) };
const peaks = [false, true].map((checkpointed) => {
  const before = backend.stats().bytesInUse;
  backend.resetPeak();
  const began = performance.now();
  scope(() =>
    grad((parameters) => {
      const step = (state, t) => ({
        state: lstmStep(parameters, sequence.slice({ axis: 0, start: t, stop: t + 1 }), state),
        output: undefined,
      });
      if (checkpointed) return checkpointedLoop(steps, row, step).state.h.sum();
      let state = row;
      for (let t = 0; t < steps; t++) ({ state } = step(state, t));
      return state.h.sum();
    })(narrow),
  );
  const peak = (backend.stats().peakBytesInUse - before) / 2 ** 20;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `LSTM over ${steps} steps, hidden ${hidden}, ${checkpointed ? "checkpointed" : "plain"}: peak ${peak.toFixed(2)} MiB, ${seconds} s`,
  );
  return peak;
});
console.log(`ratio of the peaks ${(peaks[0] / peaks[1]).toFixed(1)}`);
