import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { workspacePackages } from "./workspace.mjs";

// The test runner needs a newer Node than the packages do, so this script loads what was built under the Node that runs it.
const published = workspacePackages().filter(({ manifest }) => manifest.private !== true);
const load = (folder, entry) => import(pathToFileURL(join(folder, entry.default)).href);

const loaded = {};
for (const { folder, manifest } of published) {
  for (const [subpath, entry] of Object.entries(manifest.exports)) {
    // Conformance suites load the test runner.
    if (subpath.includes("conformance")) continue;
    const face = await load(folder, entry);
    assert.ok(Object.keys(face).length > 0, `${manifest.name}${subpath.slice(1)} exports nothing`);
    if (subpath === ".") loaded[manifest.name.replace("@unroll/", "")] = face;
  }
}

const { tensor, nn, cells, optim, bptt, wasm } = loaded;

class Letters extends nn.Module {
  rnn = cells.unroll(cells.lstm, { inputSize: 2, hiddenSize: 8 });
  head = new nn.Linear(8, 2);
  forward(x, state) {
    const { output, state: next } = this.rnn.forward(x, { state });
    return { logits: this.head.forward(output), state: next };
  }
}

async function train() {
  const inputs = tensor.oneHot(tensor.tensor([[0, 1, 0, 1, 0, 1]], { dtype: "int32" }), 2);
  const targets = tensor.tensor([[1, 0, 1, 0, 1, 0]], { dtype: "int32" });
  const { loss } = await bptt.fit(new Letters().initialize({ seed: 1 }), [{ inputs, targets }], {
    loss: nn.crossEntropy,
    optimizer: optim.adam({ learningRate: 0.05 }),
    bptt: "full",
    epochs: 30,
  });
  assert.ok(loss < 0.1, `an LSTM learns to alternate, got loss ${loss}`);
  return loss;
}

const reference = await train();
await wasm.useWasm();
const compiled = await train();
assert.ok(Math.abs(reference - compiled) < 1e-3, `both backends agree, got ${reference} and ${compiled}`);
console.log(
  `Node ${process.versions.node}: ${published.length} packages load, and an LSTM learns on both backends: loss ${reference.toFixed(4)}`,
);
