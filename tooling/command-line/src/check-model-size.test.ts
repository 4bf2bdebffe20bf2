import { Linear } from "@unroll/nn";
import { expect, it } from "vitest";

import { checkModelSize } from "./check-model-size.js";

it("refuses what memory cannot hold, at once", () => {
  checkModelSize(new Linear(1000, 1000));
  expect(() => checkModelSize(new Linear(60_000, 60_000))).toThrow(/would have 3,600,060,000 weights.*--hidden 256/);
});
