import { afterEach, expect, it, vi } from "vitest";

import { ProgressLine } from "./progress.js";

afterEach(() => vi.restoreAllMocks());

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("ends the process on the first %s", (signal, code) => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
  const before = process.listeners(signal);
  const line = new ProgressLine("gru");
  const [handler] = process.listeners(signal).filter((listener) => !before.includes(listener));
  handler?.(signal);
  expect(exit).toHaveBeenCalledWith(code);
  line.stop();
  expect(process.listeners(signal)).toEqual(before);
});
