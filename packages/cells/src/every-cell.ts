import { uniform, type Tensor } from "@unroll/tensor";

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

/** A cell as a user's file would have it: another state name, a parameter of its own, one bias. */
export const leaky: Cell = defineCell({
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

/** Every cell with every option, for tests that hold for all. */
export const everyCell: readonly (readonly [name: string, cell: Cell])[] = [
  ["rnn", rnn],
  ["irnn", irnn],
  ["rnn, linear, no bias", rnnCell({ activation: "linear", bias: "none" })],
  ["jordan", jordan],
  ["jordan, narrow sigmoid output", jordanCell({ outputSize: 2, outputActivation: "sigmoid" })],
  ["lstm", lstm],
  ["lstm, single bias", lstmCell({ bias: "single" })],
  ["lstm, diagonal peepholes", lstmCell({ peephole: "diagonal" })],
  ["lstm, full peepholes", lstmCell({ peephole: "full" })],
  ["lstm, coupled", lstmCell({ coupled: true })],
  ["lstm, coupled, diagonal peepholes, projected", lstmCell({ coupled: true, peephole: "diagonal", projSize: 2 })],
  ["lstm, projected", lstmCell({ projSize: 2 })],
  ["lstm, hard sigmoid of TensorFlow.js", lstmCell({ gateActivation: "hardSigmoidTfjs" })],
  ["lstm, hard sigmoid of Keras 3", lstmCell({ gateActivation: "hardSigmoidKeras" })],
  ["lstm, clipped", lstmCell({ gateClip: 1.5, cellClip: 0.7 })],
  ["layer-normalised lstm", layerNormLstm],
  ["layer-normalised gru", layerNormGru],
  ["minGru", minGru],
  ["minLstm", minLstm],
  ["indrnn", indrnn],
  ["a user's cell", leaky],
  ...[true, false].flatMap((resetAfter) =>
    (["keep", "replace"] as const).map((updateGate): [string, Cell] => [
      `gru, reset ${resetAfter ? "after" : "before"}, ${updateGate}`,
      gruCell({ resetAfter, updateGate }),
    ]),
  ),
  ["gru, clipped, no bias", gruCell({ gateClip: 1, bias: "none" })],
  ["gru, reset before, single bias", gruCell({ resetAfter: false, bias: "single" })],
];
