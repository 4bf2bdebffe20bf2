import type { Operator } from "../operator-call.js";
import { algebraOperators } from "./algebra.js";
import { controlOperators } from "./control.js";
import { elementwiseOperators } from "./elementwise.js";
import { recurrentOperator } from "./recurrent.js";
import { structuralOperators } from "./structural.js";

/** Every operator that can be imported, by name. */
export const operators: ReadonlyMap<string, Operator> = /* @__PURE__ */ new Map<string, Operator>(
  /* @__PURE__ */ Object.entries({
    ...elementwiseOperators,
    ...structuralOperators,
    ...algebraOperators,
    ...controlOperators,
    RNN: recurrentOperator("RNN"),
    GRU: recurrentOperator("GRU"),
    LSTM: recurrentOperator("LSTM"),
  }),
);
