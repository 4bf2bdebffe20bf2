import {
  defineCell,
  gru,
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
  unroll,
  type Cell,
  type Unrolled,
  type UnrollOptions,
} from "@unroll/cells";
import { createGenerator, normal } from "@unroll/tensor";

/** A cell that no library has: a leaky unit with a threshold that follows what it fired. */
const spiking = defineCell({
  name: "spiking",
  state: ["v", "threshold"],
  step({ weightIh, weightHh, biasIh }, x, { v, threshold }) {
    const fired = v.sub(threshold).mul(4).sigmoid();
    const drive = x.matmul(weightIh.transpose()).add(v.matmul(weightHh.transpose())).add(biasIh);
    return { output: fired, state: { v: v.mul(0.9).add(drive.tanh()).sub(fired), threshold: threshold.mul(0.95).add(fired) } };
  },
});

/** Every cell with each of its options, by what sets it apart. */
export const cells: readonly (readonly [name: string, cell: Cell])[] = [
  ["rnn", rnn],
  ["rnn, relu", rnnCell({ activation: "relu" })],
  ["rnn, linear", rnnCell({ activation: "linear" })],
  ["rnn, one bias", rnnCell({ bias: "single" })],
  ["irnn", irnn],
  ["indrnn", indrnn],
  ["jordan", jordan],
  ["jordan, narrow sigmoid output", jordanCell({ outputSize: 3, outputActivation: "sigmoid" })],
  ["gru", gru],
  ["gru, reset before", gruCell({ resetAfter: false })],
  ["gru, update replaces", gruCell({ updateGate: "replace" })],
  ["gru, hard sigmoid of TensorFlow.js", gruCell({ gateActivation: "hardSigmoidTfjs" })],
  ["gru, hard sigmoid of Keras", gruCell({ gateActivation: "hardSigmoidKeras", resetAfter: false })],
  ["gru, gate clip", gruCell({ gateClip: 0.5 })],
  ["gru, one bias", gruCell({ bias: "single" })],
  ["gru, no bias", gruCell({ bias: "none", resetAfter: false })],
  ["lstm", lstm],
  ["lstm, diagonal peepholes", lstmCell({ peephole: "diagonal" })],
  ["lstm, diagonal peepholes, truncated", lstmCell({ peephole: "diagonal", peepholeGradient: "truncated" })],
  ["lstm, full peepholes", lstmCell({ peephole: "full" })],
  ["lstm, coupled", lstmCell({ coupled: true })],
  ["lstm, coupled, diagonal peepholes", lstmCell({ coupled: true, peephole: "diagonal" })],
  ["lstm, projection", lstmCell({ projSize: 3 })],
  ["lstm, hard sigmoid of TensorFlow.js", lstmCell({ gateActivation: "hardSigmoidTfjs" })],
  ["lstm, hard sigmoid of Keras", lstmCell({ gateActivation: "hardSigmoidKeras" })],
  ["lstm, gate clip", lstmCell({ gateClip: 0.5, peephole: "diagonal" })],
  ["lstm, cell clip", lstmCell({ cellClip: 0.3 })],
  ["lstm, one bias", lstmCell({ bias: "single" })],
  ["lstm, no bias", lstmCell({ bias: "none" })],
  ["layerNormLstm", layerNormLstm],
  ["layerNormGru", layerNormGru],
  ["minGru", minGru],
  ["minLstm", minLstm],
  ["a cell from defineCell", spiking],
];

/** Every option of `unroll`, with a cell that becomes an operator and one that becomes a Scan. */
export const options: readonly (readonly [name: string, options: Partial<UnrollOptions>])[] = [
  ["reverse", { direction: "reverse" }],
  ["both directions", { direction: "bidirectional" }],
  ["both directions, sum", { direction: "bidirectional", merge: "sum" }],
  ["both directions, product", { direction: "bidirectional", merge: "mul" }],
  ["both directions, mean", { direction: "bidirectional", merge: "ave" }],
  ["both directions, apart", { direction: "bidirectional", merge: "none" }],
  ["three layers, residual", { layers: 3, connection: "residual" }],
  ["three layers, highway, both directions", { layers: 3, connection: "highway", direction: "bidirectional", merge: "ave" }],
  [
    "layers of their own",
    { layers: [{}, { cell: minLstm, hiddenSize: 5 }, { cell: gru, connection: "residual", hiddenSize: 5 }] },
  ],
  ["learned start", { initialState: "learned" }],
  ["zoneout", { zoneout: { h: 0.1 } }],
  ["time first", { timeMajor: true, layers: 2, direction: "bidirectional" }],
  ["padding repeats", { paddedOutput: "repeat", direction: "bidirectional" }],
  ["float64", { dtype: "float64" }],
];

/** A stack with every weight random, so that no term is hidden by a 0. */
export function stackOf(cell: Cell, given: Partial<UnrollOptions> = {}): Unrolled {
  const layer = unroll(cell, { inputSize: 4, hiddenSize: 6, ...given });
  const generator = createGenerator(4);
  for (const parameter of layer.parameters().values()) {
    parameter.assign(normal(parameter.shape, { generator, deviation: 0.4, dtype: parameter.dtype }));
  }
  return layer;
}
