import { disposeTree, keep, scope } from "@unroll/tensor";

import type { WindowGradients } from "./window-gradients.js";

/** Gradients of several windows on their way to one update: the mean over all their elements. */
export class GradientSum {
  #windows = 0;
  #sum: WindowGradients | undefined;

  /** Windows added since the last {@link take}. */
  get windows(): number {
    return this.#windows;
  }

  /** Takes over the gradients. */
  add(next: WindowGradients): void {
    this.#windows++;
    const before = this.#sum;
    if (before === undefined) {
      this.#sum = { ...next, gradients: keep(next.gradients) };
      return;
    }
    const elements = before.elements + next.elements;
    const share = elements === 0 ? 0 : next.elements / elements;
    const gradients = scope(() =>
      Object.fromEntries(
        Object.entries(before.gradients).map(([name, gradient]) => {
          const other = next.gradients[name];
          return [name, other === undefined ? gradient.copy() : gradient.mul(1 - share).add(other.mul(share))];
        }),
      ),
    );
    disposeTree([before.gradients, next.gradients]);
    this.#sum = {
      gradients: keep(gradients),
      loss: before.loss * (1 - share) + next.loss * share,
      elements,
      after: next.after,
    };
  }

  /** Gives the mean away and starts anew. */
  take(): WindowGradients | undefined {
    const sum = this.#sum;
    this.#sum = undefined;
    this.#windows = 0;
    return sum;
  }
}
