import type { Tensor } from "@unroll/tensor";

/** The recurrent operators of ONNX. */
export type RecurrentKind = "RNN" | "GRU" | "LSTM";

/** Weights of one direction, in ONNX's order of gates: GRU z r h, LSTM i o f c. */
export interface RecurrentWeights {
  /** `[G*H, input]` */
  readonly w: Tensor;
  /** `[G*H, H]` */
  readonly r: Tensor;
  /** `[G*H]` each */
  readonly wb: Tensor;
  readonly rb: Tensor;
  /** Peepholes of i, o and f, `[H]` each; empty without. */
  readonly peepholes: readonly Tensor[];
}

/** What the attributes say about a step. */
export interface StepOptions {
  readonly activations: readonly ((x: Tensor) => Tensor)[];
  readonly clip: (x: Tensor) => Tensor;
  readonly linearBeforeReset: boolean;
  readonly inputForget: boolean;
}

/** One step from `x [batch, input]` and the states `[batch, H]` (h, and c of an LSTM) to the next states. */
export type RecurrentStep = (weights: RecurrentWeights, x: Tensor, states: readonly Tensor[]) => readonly Tensor[];

type Activations = readonly [(x: Tensor) => Tensor, (x: Tensor) => Tensor, (x: Tensor) => Tensor];

const project = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => x.matmul(weight.transpose()).add(bias);

/** The equations of ONNX's operators (onnx/defs/rnn), with f, g and h its activations in turn. */
export const recurrentSteps: Readonly<Record<RecurrentKind, (options: StepOptions) => RecurrentStep>> = {
  //   H_t = f(X_t W^T + H_(t-1) R^T + Wb + Rb)
  RNN({ activations, clip }) {
    const [f] = activations as Activations;
    return ({ w, r, wb, rb }, x, [h]) => [f(clip(project(x, w, wb).add(project(h as Tensor, r, rb))))];
  },

  //   z = f(X_t Wz^T + H_(t-1) Rz^T + Wbz + Rbz)
  //   r = f(X_t Wr^T + H_(t-1) Rr^T + Wbr + Rbr)
  //   n = g(X_t Wh^T + (r * H_(t-1)) Rh^T + Rbh + Wbh)       or g(X_t Wh^T + r * (H_(t-1) Rh^T + Rbh) + Wbh)
  //   H_t = (1 - z) * n + z * H_(t-1)
  GRU({ activations, clip, linearBeforeReset }) {
    const [f, g] = activations as Activations;
    return ({ w, r, wb, rb }, x, [state]) => {
      const h = state as Tensor;
      const [xz, xr, xn] = project(x, w, wb).split(3, { axis: 1 }) as [Tensor, Tensor, Tensor];
      const [rz, rr, rn] = r.split(3, { axis: 0 }) as [Tensor, Tensor, Tensor];
      const [bz, br, bn] = rb.split(3, { axis: 0 }) as [Tensor, Tensor, Tensor];
      const z = f(clip(xz.add(project(h, rz, bz))));
      const reset = f(clip(xr.add(project(h, rr, br))));
      const fromH = linearBeforeReset ? reset.mul(project(h, rn, bn)) : project(reset.mul(h), rn, bn);
      const n = g(clip(xn.add(fromH)));
      return [n.add(z.mul(h.sub(n)))];
    };
  },

  //   i = f(X_t Wi^T + H_(t-1) Ri^T + Pi * C_(t-1) + Wbi + Rbi)
  //   f = f(X_t Wf^T + H_(t-1) Rf^T + Pf * C_(t-1) + Wbf + Rbf)       or 1 - i
  //   c = g(X_t Wc^T + H_(t-1) Rc^T + Wbc + Rbc)
  //   C_t = f * C_(t-1) + i * c
  //   o = f(X_t Wo^T + H_(t-1) Ro^T + Po * C_t + Wbo + Rbo)
  //   H_t = o * h(C_t)
  LSTM({ activations, clip, inputForget }) {
    const [f, g, h] = activations as Activations;
    return ({ w, r, wb, rb, peepholes: [pi, po, pf] }, x, [hidden, cell]) => {
      const c = cell as Tensor;
      const sums = project(x, w, wb)
        .add(project(hidden as Tensor, r, rb))
        .split(4, { axis: 1 });
      const [si, so, sf, sc] = sums as [Tensor, Tensor, Tensor, Tensor];
      const peep = (sum: Tensor, weight: Tensor | undefined, seen: Tensor): Tensor =>
        weight === undefined ? sum : sum.add(seen.mul(weight));
      const i = f(clip(peep(si, pi, c)));
      const forget = inputForget ? i.neg().add(1) : f(clip(peep(sf, pf, c)));
      const nextC = forget.mul(c).add(i.mul(g(clip(sc))));
      const o = f(clip(peep(so, po, nextC)));
      return [o.mul(h(nextC)), nextC];
    };
  },
};
