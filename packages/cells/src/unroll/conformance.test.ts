import { testCell } from "../conformance.js";
import { leaky } from "../../fixtures/every-cell.js";
import { gruCell, lstm, lstmCell, rnn, type LayerOptions } from "../index.js";

// The matrix of ways to run one, over cells that differ in their states.
const mixed: readonly LayerOptions[] = [{ cell: rnn, hiddenSize: 4 }, { cell: lstm }, { hiddenSize: 2, connection: "none" }];
for (const cell of [rnn, lstmCell({ projSize: 4, peephole: "diagonal", gateClip: 3 }), gruCell({ resetAfter: false }), leaky]) {
  for (const direction of ["forward", "reverse", "bidirectional"] as const) {
    testCell(cell, { unroll: { layers: 2, direction, connection: "residual", initialState: "learned", dropout: 0.2 } });
    testCell(cell, {
      unroll: { layers: 2, direction, merge: "ave", connection: "highway", recurrentDropout: 0.3, inputDropout: 0.1 },
    });
  }
  testCell(cell, { unroll: { layers: mixed, initializers: "pytorch" } });
}
for (const merge of ["sum", "mul", "none"] as const) testCell(lstm, { unroll: { layers: 2, direction: "bidirectional", merge } });
testCell(lstm, { unroll: { layers: 2, zoneout: { h: 0.1, c: 0.2 } } });
