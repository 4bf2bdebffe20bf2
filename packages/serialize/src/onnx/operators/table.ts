import type { Operator } from "../operator-call.js";
import { activationOperators } from "./activation-operators.js";
import { algebraOperators } from "./algebra.js";
import { controlOperators } from "./control.js";
import { elementwiseOperators } from "./elementwise.js";
import { indexingOperators } from "./indexing.js";
import { recurrentOperator } from "./recurrent.js";
import { reductionOperators } from "./reductions.js";
import { structuralOperators } from "./structural.js";
import { windowOperators } from "./windows.js";

/** Every operator that can be imported, by name. */
export const operators: ReadonlyMap<string, Operator> = /* @__PURE__ */ new Map<string, Operator>(
  /* @__PURE__ */ Object.entries({
    ...elementwiseOperators,
    ...activationOperators,
    ...structuralOperators,
    ...indexingOperators,
    ...reductionOperators,
    ...algebraOperators,
    ...windowOperators,
    ...controlOperators,
    RNN: recurrentOperator("RNN"),
    GRU: recurrentOperator("GRU"),
    LSTM: recurrentOperator("LSTM"),
  }),
);
