import { defineCell, gru, lstm, rnn } from "@unroll/cells";
import { constant, glorotUniform, orthogonal } from "@unroll/nn";

const affine = (x, weight, bias) => x.matmul(weight.transpose()).add(bias);
const square = ({ hiddenSize }) => ({ shape: [hiddenSize, hiddenSize], initializer: orthogonal });

/**
 * LSTM whose gates read all of the cell state, as a user would write it:
 *
 *   i, f = sigmoid(W x + U h + V c_(t-1) + b)     o = sigmoid(W x + U h + V c_t + b)     g = tanh(W x + U h + b)
 *   c_t  = f * c_(t-1) + i * g                    h_t = o * tanh(c_t)
 */
const peephole = defineCell({
  name: "peephole",
  gates: ["i", "f", "g", "o"],
  state: ["h", "c"],
  parameters: (sizes) => ({ weightCi: square(sizes), weightCf: square(sizes), weightCo: square(sizes) }),
  step({ weightIh, weightHh, biasIh, biasHh, weightCi, weightCf, weightCo }, x, { h, c }) {
    const [xi, xf, xg, xo] = affine(x, weightIh, biasIh)
      .add(affine(h, weightHh, biasHh))
      .split(4, { axis: 1 });
    const i = xi.add(c.matmul(weightCi.transpose())).sigmoid();
    const f = xf.add(c.matmul(weightCf.transpose())).sigmoid();
    const nextC = f.mul(c).add(i.mul(xg.tanh()));
    const o = xo.add(nextC.matmul(weightCo.transpose())).sigmoid();
    const nextH = o.mul(nextC.tanh());
    return { output: nextH, state: { h: nextH, c: nextC } };
  },
});

/**
 * A cell of this bench alone, which no compiler can know: a damped oscillator that is pushed and read through gates.
 *
 *   f, s, r = sigmoid(W x + U q + b)      friction, stiffness, reading       p = tanh(W x + U q + b)      push
 *   v_t = (1 - f) * v_(t-1) + p - s * q_(t-1)                                velocity
 *   q_t = tanh(q_(t-1) + d * v_t)                                            position; d is learned
 *   y_t = r * tanh(q_t + V v_t)                                              output
 */
const oscillator = defineCell({
  name: "oscillator",
  gates: ["f", "s", "r", "p"],
  state: ["q", "v"],
  parameters: ({ hiddenSize }) => ({
    weightVh: { shape: [hiddenSize, hiddenSize], initializer: glorotUniform },
    stepSize: { shape: [hiddenSize], initializer: constant(0.1) },
  }),
  step({ weightIh, weightHh, biasIh, biasHh, weightVh, stepSize }, x, { q, v }) {
    const [xf, xs, xr, xp] = affine(x, weightIh, biasIh)
      .add(affine(q, weightHh, biasHh))
      .split(4, { axis: 1 });
    const nextV = v.sub(xf.sigmoid().mul(v)).add(xp.tanh()).sub(xs.sigmoid().mul(q));
    const nextQ = q.add(stepSize.mul(nextV)).tanh();
    const output = xr.sigmoid().mul(nextQ.add(nextV.matmul(weightVh.transpose())).tanh());
    return { output, state: { q: nextQ, v: nextV } };
  },
});

/** The cells that works name. */
export const cells = { lstm, gru, rnn, peephole, oscillator };
