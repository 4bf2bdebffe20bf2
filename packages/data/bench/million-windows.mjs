// A shuffled epoch of a million windows over a series of a million rows: windows per second, and the memory they take
// above that of the series. Run `pnpm build && pnpm bench` in this package.
import { seriesFromColumns, windowBatches, windows } from "@unroll/data";

const [inputLength, horizon, batchSize] = [64, 8, 256];
const rows = 1_000_000 + inputLength + horizon - 1;
const y = Float64Array.from({ length: rows }, (_, t) => Math.sin(t / 50));
const times = Float64Array.from({ length: rows }, (_, t) => t * 3_600_000);
const series = seriesFromColumns({ y }, { times });
const resident = () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
};
const before = resident();
const source = windows(series, { length: inputLength, horizon });
const start = performance.now();
let largest = 0;
let count = 0;
for (const { inputs, targets, windows: positions } of windowBatches(source, { batchSize, shuffle: { seed: 1 } })) {
  count += positions.length;
  inputs.dispose();
  targets.dispose();
  if (count % (500 * batchSize) === 0) largest = Math.max(largest, resident() - before);
}
const seconds = (performance.now() - start) / 1000;
console.log(
  `${count} windows of ${inputLength} + ${horizon} rows in ${seconds.toFixed(2)} s: ${Math.round(count / seconds)} windows/s`,
);
console.log(
  `series ${((2 * 8 * rows) / 2 ** 20).toFixed(1)} MiB, largest memory above it during the epoch ${largest.toFixed(1)} MiB`,
);
