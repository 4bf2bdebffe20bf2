import { execFileSync } from "node:child_process";

import { expect, it } from "vitest";

import { again } from "./again.js";

it("leaves plain words as they are", () => {
  expect(again("train", "--resume", "out/a-1.safetensors")).toMatch(/ train --resume out\/a-1\.safetensors$/);
});

it.skipIf(process.platform === "win32")("comes through a shell unchanged, whatever it holds", () => {
  const args = ['$HOME `id` $(id) \\ "a"', "it's", "", "*", "~", "a;b|c&d", "é😀", "line\nline", "!x", "#", "=a"];
  const command = again(...args).replace(/^(npm start --|char-rnn)/, String.raw`printf '%s\0'`);
  expect(execFileSync("sh", ["-c", command], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(args);
});
