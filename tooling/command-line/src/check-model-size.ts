import type { Module } from "@unroll/nn";

import { UserError } from "./user-error.js";

// With a gradient and two moments of Adam beside each, before and after an update, they fill the 2 GiB of the backend.
const most = 2 ** 26;

/** @throws UserError when a model has more weights than can be trained, before any of them is drawn. */
export function checkModelSize(model: Module): void {
  const sizes = [...model.parameters().values()].map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const weights = sizes.reduce((sum, size) => sum + size, 0);
  if (weights <= most) return;
  throw new UserError(
    `The network would have ${weights.toLocaleString("en-US")} weights; at most ${most.toLocaleString("en-US")} can be trained. ` +
      `Give smaller sizes, such as --hidden 256.`,
  );
}
