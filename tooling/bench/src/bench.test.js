import assert from "node:assert/strict";
import { test } from "node:test";

import { measure, median } from "./measure.js";
import { toMarkdown } from "./report.js";

/** An engine whose runs take `turns` of a loop, and whose result is `value`. */
function fakeEngine(name, turns, value = 1) {
  let sink = 0;
  const run = () => {
    for (let index = 0; index < turns; index++) sink += Math.sqrt(index);
  };
  return { name, enter() {}, prepare: () => ({ run, read: () => [value + 0 * sink], dispose() {} }) };
}

const workload = { group: "Products", title: "1 x 1 x 1", operation: "matmul", operands: [], work: 2 };

test("median", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

test("a slower engine has a larger ratio", async () => {
  const engines = [fakeEngine("ours", 10_000), fakeEngine("theirs", 200_000)];
  const { ratios, peakShare } = await measure(workload, engines, { peak: () => 1e9, tolerance: 1e-4 });
  assert.equal(ratios.ours, 1);
  assert.ok(ratios.theirs > 2, `got ${ratios.theirs}`);
  assert.ok(peakShare > 0);
});

test("engines that disagree are not timed", async () => {
  const engines = [fakeEngine("ours", 1, 1), fakeEngine("theirs", 1, 2)];
  await assert.rejects(measure(workload, engines, { peak: () => 1, tolerance: 1e-4 }), /theirs computes 2 at 0, ours 1/);
});

test("a column is left out where no row has it", () => {
  const machine = { processor: "P", cores: 1, node: "24", load: ["0", "0"], peak: 1, build: "relaxed" };
  const row = { group: "G", title: "t", work: 1000, times: { a: 0.05 }, ratios: { a: 1, b: 2 }, peakShare: undefined };
  const table = toMarkdown({ machine, engines: ["a", "b", "c"], rows: [row] });
  assert.match(table, /^\|  \| a \| G elements\/s \| b \|$/m);
  assert.match(table, /^\| t \| 50\.0 µs \| 0\.02 \| 2\.0 \|$/m);
});
