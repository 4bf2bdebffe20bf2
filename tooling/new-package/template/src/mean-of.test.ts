import { tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { meanOf } from "./index.js";

it("averages all elements", () => {
  expect(meanOf(tensor([1, 2, 6])).item()).toBe(3);
});
