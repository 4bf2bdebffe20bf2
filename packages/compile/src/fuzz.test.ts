import { useWasm } from "@unroll/wasm";
import { beforeAll, it } from "vitest";

import { fuzzEngines } from "../fixtures/fuzz-engines.js";

beforeAll(async () => {
  await useWasm();
});

it("gives what the tape gives for 2,000 random cells", () => {
  fuzzEngines({ numRuns: 2000, seed: 20_261_124 });
}, 300_000);
