import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { measureWork } from "./measure-work.js";
import { toMarkdown } from "./report.js";
import { readWorkFile, writeWorkFile } from "./work-file.js";
import { works } from "./works.js";

const folder = mkdtempSync(join(tmpdir(), "unroll-bench-test-"));
after(() => rmSync(folder, { recursive: true }));
const work = { ...works.find(({ id }) => id === "W5"), time: 2 };
const file = join(folder, "work.safetensors");
writeWorkFile(file, work);

/** A contestant whose steps take `turns` of a loop, and whose losses are `loss`. */
function fake(name, kind, { turns = 1e5, loss = 1, supports = "true" }) {
  const script = join(folder, `${name}.mjs`);
  writeFileSync(
    script,
    `let sink = 0;
     const step = () => { for (let index = 0; index < ${turns}; index++) sink += Math.sqrt(index); };
     const task = { step, loss: () => ${loss} + 0 * sink, dispose() {} };
     export const contestant = { supports: () => ${supports}, prepare: () => task };`,
  );
  return { name, kind, start: { command: process.execPath, args: [join(import.meta.dirname, "child.js"), script] } };
}

const options = { rounds: 3, seconds: 0.02, profile: false, onProgress() {} };
const measured = (contestants) => measureWork(file, contestants, options);

test("a work file holds the work and its numbers", () => {
  const { id, weights, inputs, targets, training } = readWorkFile(file);
  assert.equal(id, "W5");
  assert.deepEqual(inputs.shape, [1, 2, 8]);
  assert.deepEqual(targets.shape, [1, 1]);
  assert.deepEqual(weights["rnn.weight_hh_l0"].shape, [128, 32]);
  assert.equal(training.maxNorm, 0.1);
});

test("ratios are to the faster PyTorch", async () => {
  const { reference, rows } = await measured([
    fake("slow", "pytorch", { turns: 2e7 }),
    fake("fast", "pytorch", { turns: 2e6 }),
    fake("tape", "ours", { turns: 1e5 }),
  ]);
  assert.equal(reference, "fast");
  assert.equal(rows[1].ratio, 1);
  for (const ratio of [rows[2].ratio, rows[2].byProcessor]) assert.ok(ratio < 0.5, `got ${ratio}`);
  assert.ok(rows.every(({ agrees }) => agrees));
});

test("another loss is told", async () => {
  const { rows } = await measured([fake("tape", "ours", {}), fake("wrong", "peer", { loss: 1.001 })]);
  assert.deepEqual(
    rows.map(({ agrees }) => agrees),
    [true, false],
  );
});

test("who cannot, or is not there, is missing with a reason, and the rest runs", async () => {
  const { reference, rows } = await measured([
    fake("unable", "peer", { supports: '"has no such cell"' }),
    { name: "absent", kind: "pytorch", start: { command: join(folder, "no-such-program"), args: [] } },
    { name: "broken", kind: "peer", start: { command: process.execPath, args: ["-e", "throw new Error('broken')"] } },
    fake("tape", "ours", {}),
  ]);
  assert.equal(reference, "tape");
  assert.equal(rows[0].missing, "has no such cell");
  assert.ok(rows[1].missing.length > 0);
  assert.ok(rows[2].missing.length > 0);
  assert.ok(rows[3].median > 0);
});

test("the tables name targets, misses and absences", () => {
  const row = (name, kind, ratio) => ({ name, kind, ratio, leastRatio: ratio, median: ratio, losses: [1], agrees: true });
  const rows = [row("PyTorch, 1 thread", "pytorch", 1), row("compiled", "ours", 0.5), { name: "jax-js", missing: "gone" }];
  const report = { machine: { load: [] }, results: [{ work: works[0], reference: "PyTorch, 1 thread", rows }] };
  const text = toMarkdown(report);
  assert.match(text, /\| W1 LSTM 128, batch 32, T 64, text \| 1 \| <= 1.2 \| 0.500 \| met \|/);
  assert.match(text, /\| 2 \| <= 0.75 \| – \| not measured \|/);
  assert.match(text, /- W1: jax-js: gone/);
});
