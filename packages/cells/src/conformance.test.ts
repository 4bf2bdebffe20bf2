import { testCell } from "./conformance.js";
import { everyCell } from "../fixtures/every-cell.js";

for (const [, cell] of everyCell) testCell(cell);
