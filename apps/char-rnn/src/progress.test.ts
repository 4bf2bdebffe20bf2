import { PassThrough } from "node:stream";

import { describe, expect, it, vi } from "vitest";

import { duration, ProgressLine } from "./progress.js";

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

describe("a progress line in a pipe", () => {
  it("is written every five seconds, and the last one once", () => {
    const stream = new PassThrough();
    const clock = vi.spyOn(performance, "now");
    const line = new ProgressLine(stream);
    const at = (seconds: number): void => {
      clock.mockReturnValue(10_000 + seconds * 1000);
      line.update({ done: seconds / 20, loss: 1, speed: 1000, secondsLeft: 20 - seconds });
    };
    clock.mockReturnValue(10_000);
    line.start();
    for (const seconds of [1, 4, 6, 7, 20]) at(seconds);
    line.stop();
    clock.mockRestore();
    expect(String(stream.read()).split("\n")).toEqual([
      "  0.0 %  warming up",
      " 30.0 %  loss 1.000 nats/char  1,000 char/s  14 s left",
      "100.0 %  loss 1.000 nats/char  1,000 char/s  0 s left",
      "",
      "",
    ]);
  });
});
