import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";

import { WasmBackend } from "@unroll/wasm";

import { mathEngine } from "./engines/math.js";
import { referenceEngine, unrollEngine } from "./engines/unroll.js";
import { measure, median } from "./measure.js";
import { readOptions } from "./read-options.js";
import { toMarkdown } from "./report.js";
import { workloads } from "./workloads.js";

const { values } = readOptions({ options: { only: { type: "string", default: "" }, json: { type: "string" } } });
const selected = workloads.filter(({ group, title }) => new RegExp(values.only, "i").test(`${group} ${title}`));
if (selected.length === 0) {
  console.error(`bench: no row matches --only ${values.only}; leave it out to see them all`);
  process.exit(1);
}

const backend = await WasmBackend.create();
const engines = [unrollEngine("@unroll/wasm", backend), referenceEngine()];
for (const load of [
  async () => (await import("./engines/tfjs.js")).tfjsEngine("wasm"),
  async () => (await import("./engines/tfjs.js")).tfjsEngine("cpu"),
  async () => (await import("./engines/jax.js")).jaxEngine(),
]) {
  try {
    engines.push(await load());
  } catch (error) {
    console.error(`bench: one library is left out: ${error.message}`);
  }
}
engines.push(mathEngine());

const peaks = [];
function peak() {
  const rate = 2 * backend.peak({ milliseconds: 3 });
  peaks.push(rate);
  return rate;
}

const before = loadavg()[0];
if (before > availableParallelism() / 2) console.error(`bench: the machine is busy (load ${before.toFixed(1)}); times will vary`);
const rows = [];
for (const workload of selected) {
  const { group, title, work } = workload;
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${rows.length + 1}/${selected.length} ${title}`);
  rows.push({ group, title, work, ...(await measure(workload, engines, { peak, tolerance: 1e-4 })) });
}
if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");

const machine = {
  processor: cpus()[0]?.model ?? "unknown processor",
  cores: availableParallelism(),
  node: process.versions.node,
  build: backend.build,
  peak: median(peaks) / 1e9,
  load: [before.toFixed(1), loadavg()[0].toFixed(1)],
};
const report = { machine, engines: engines.map(({ name }) => name), rows };
console.log(toMarkdown(report));
if (values.json === undefined) console.log(`\n\`\`\`json\n${JSON.stringify(report)}\n\`\`\``);
else writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.exit(0); // worker threads of the other libraries would keep the process alive
