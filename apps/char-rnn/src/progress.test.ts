import { describe, expect, it } from "vitest";

import { duration } from "./progress.js";

describe("duration", () => {
  it.each([
    [0.2, "0 s"],
    [59.4, "59 s"],
    [60, "1 min 00 s"],
    [3725, "62 min 05 s"],
    [Infinity, "?"],
  ])("of %d is %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
