import { testCell } from "./conformance.js";
import { everyCell } from "./every-cell.js";

for (const [, cell] of everyCell) testCell(cell);
