import type { PrimitiveName } from "@unroll/tensor";

import type { VjpRule } from "./rule.js";
import { elementwiseRules } from "./rules/elementwise.js";
import { movementRules } from "./rules/movement.js";
import { reductionRules } from "./rules/reduction.js";

/** Primitives whose results carry no gradient: comparisons and positions. */
export const nonDifferentiable: readonly PrimitiveName[] = ["equal", "less", "lessEqual", "argmax", "argmin", "argsort"];

/** The derivative of every other primitive, written in tensor methods, so that it differentiates again. */
export const vjpRules: Readonly<Partial<Record<PrimitiveName, VjpRule>>> = {
  ...elementwiseRules,
  ...reductionRules,
  ...movementRules,
};
