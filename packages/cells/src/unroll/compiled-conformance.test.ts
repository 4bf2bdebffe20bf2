import { useWasm } from "@unroll/wasm";

import { testCell } from "../conformance.js";
import { everyCell, leaky } from "../../fixtures/every-cell.js";
import { gru, lstm } from "../index.js";

// On this backend the layers run as compiled programs.
await useWasm();

for (const [, cell] of everyCell) testCell(cell);
for (const cell of [lstm, gru, leaky]) {
  for (const direction of ["reverse", "bidirectional"] as const) {
    testCell(cell, {
      hiddenSize: 10,
      unroll: { layers: 2, direction, connection: "residual", initialState: "learned", merge: "ave" },
    });
  }
}
testCell(lstm, { unroll: { layers: 2, zoneout: { h: 0.1, c: 0.2 }, recurrentDropout: 0.3 } });
