import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { readOptions } from "../read-options.js";
import { contestants } from "./contestants.js";
import { measureWork } from "./measure-work.js";
import { findPython } from "./python.js";
import { toMarkdown } from "./report.js";
import { writeWorkFile } from "./work-file.js";
import { works } from "./works.js";

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    only: { type: "string", default: "" },
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "0.5" },
    profile: { type: "boolean", default: false },
  },
});
const unknown = positionals.find((id) => !works.some((work) => work.id === id));
if (unknown !== undefined) fail(`there is no work ${unknown}; the works are ${works.map(({ id }) => id).join(", ")}`);
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
if (!(Number.isInteger(rounds) && rounds > 0)) fail(`--rounds must be a whole number above 0, got ${values.rounds}`);
if (!(seconds > 0)) fail(`--seconds must be above 0, got ${values.seconds}`);

const python = findPython();
if (python === undefined) console.error("bench: no Python with PyTorch (see UNROLL_PYTHON); ratios are to the tape");
const chosen = contestants({ python }).filter(({ name }) => new RegExp(values.only, "i").test(name));
if (chosen.length === 0) fail(`no contestant matches --only ${values.only}`);
const selected = works.filter(({ id }) => positionals.length === 0 || positionals.includes(id));

const folder = mkdtempSync(join(tmpdir(), "unroll-bench-"));
const load = [loadavg()[0]];
const results = [];
for (const work of selected) {
  const file = join(folder, `${work.id}.safetensors`);
  writeWorkFile(file, work);
  const place = `${work.id} (${results.length + 1}/${selected.length})`;
  if (!process.stderr.isTTY) console.error(place);
  const onProgress = (text) => progress(`${place} ${text}`);
  results.push({ work, ...(await measureWork(file, chosen, { rounds, seconds, profile: values.profile, onProgress })) });
}
rmSync(folder, { recursive: true });
progress("");
load.push(loadavg()[0]);

const machine = {
  processor: cpus()[0]?.model ?? "unknown processor",
  cores: availableParallelism(),
  node: process.versions.node,
  load: load.map((value) => value.toFixed(1)),
};
const report = { machine, date: new Date().toISOString().slice(0, 10), rounds, seconds, results };
console.log(toMarkdown(report));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(1);
}
