import { uniform, type Tensor } from "@unroll/tensor";

import { testCell } from "../conformance.js";
import { defineCell, gruCell, lstm, lstmCell, rnn, type LayerOptions } from "../index.js";

// As a user's file would have it: another state name, a parameter of its own, one bias.
const leaky = defineCell({
  name: "leaky",
  state: ["memory"],
  parameters: ({ hiddenSize }) => ({
    leak: { shape: [hiddenSize], initializer: (shape, generator, dtype) => uniform(shape, { generator, dtype }) },
  }),
  step({ weightIh, weightHh, biasIh, leak }, x, { memory }) {
    const fresh = x.matmul(weightIh.transpose()).add(memory.matmul(weightHh.transpose())).add(biasIh).tanh();
    const next = memory.add((leak as Tensor).mul(fresh.sub(memory)));
    return { output: next, state: { memory: next } };
  },
});

// The matrix of ways to run one, over cells that differ in their states.
const mixed: readonly LayerOptions[] = [{ cell: rnn, hiddenSize: 4 }, { cell: lstm }, { hiddenSize: 2, connection: "none" }];
for (const cell of [rnn, lstmCell({ projSize: 4, peephole: "diagonal", gateClip: 3 }), gruCell({ resetAfter: false }), leaky]) {
  for (const direction of ["forward", "reverse", "bidirectional"] as const) {
    testCell(cell, { unroll: { layers: 2, direction, connection: "residual", initialState: "learned", dropout: 0.2 } });
    testCell(cell, {
      unroll: { layers: 2, direction, merge: "ave", connection: "highway", recurrentDropout: 0.3, inputDropout: 0.1 },
    });
  }
  testCell(cell, { unroll: { layers: mixed, initializers: "pytorch" } });
}
for (const merge of ["sum", "mul", "none"] as const) testCell(lstm, { unroll: { layers: 2, direction: "bidirectional", merge } });
testCell(lstm, { unroll: { layers: 2, zoneout: { h: 0.1, c: 0.2 } } });
