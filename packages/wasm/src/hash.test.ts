import { describe, expect, it } from "vitest";

import { sourceHash as current } from "../scripts/build-wasm.mjs";
import { sourceHash } from "./generated/binaries.js";

describe("embedded kernels", () => {
  it("were compiled from the sources as they are now", () => {
    expect(sourceHash).toBe(current());
  });
});
