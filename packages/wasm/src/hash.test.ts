import { describe, expect, it } from "vitest";

import * as current from "../scripts/build-wasm.mjs";
import { sourceHash } from "./generated/binaries.js";
import { workerHash } from "./generated/worker.js";

describe("embedded kernels", () => {
  it("were compiled from the sources as they are now", () => {
    expect(sourceHash).toBe(current.sourceHash());
  });

  it("run in workers built from the sources as they are now", () => {
    expect(workerHash).toBe(current.workerHash());
  });
});
