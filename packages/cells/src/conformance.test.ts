import { uniform, type Tensor } from "@unroll/tensor";

import { testCell } from "./conformance.js";
import {
  defineCell,
  gruCell,
  indrnn,
  irnn,
  jordan,
  jordanCell,
  layerNormGru,
  layerNormLstm,
  lstm,
  lstmCell,
  minGru,
  minLstm,
  rnn,
  rnnCell,
  type Cell,
} from "./index.js";

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

const cells: readonly Cell[] = [
  ...[
    rnn,
    irnn,
    rnnCell({ activation: "linear", bias: "none" }),
    jordan,
    jordanCell({ outputSize: 2, outputActivation: "sigmoid" }),
  ],
  ...[lstm, lstmCell({ bias: "single" }), lstmCell({ peephole: "diagonal" }), lstmCell({ peephole: "full" })],
  ...[lstmCell({ coupled: true }), lstmCell({ coupled: true, peephole: "diagonal", projSize: 2 }), lstmCell({ projSize: 2 })],
  ...[lstmCell({ gateActivation: "hardSigmoidTfjs" }), lstmCell({ gateActivation: "hardSigmoidKeras" })],
  ...[lstmCell({ gateClip: 1.5, cellClip: 0.7 }), layerNormLstm, layerNormGru, minGru, minLstm, indrnn, leaky],
  ...[true, false].flatMap((resetAfter) =>
    (["keep", "replace"] as const).map((updateGate) => gruCell({ resetAfter, updateGate })),
  ),
  ...[gruCell({ gateClip: 1, bias: "none" }), gruCell({ resetAfter: false, bias: "single" })],
];
for (const cell of cells) testCell(cell);
