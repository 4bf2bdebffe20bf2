import { readdirSync, readFileSync } from "node:fs";

import { expect, it } from "vitest";

it("knows no cell by name", () => {
  const folder = new URL("./", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /(?<!\.test)\.ts$/.test(name));
  expect(files.length).toBeGreaterThan(15);
  const named = files.filter((name) =>
    /lstm|gru\b|elman|jordan|indrnn|\brnn\b|peephole|forget/i.test(readFileSync(new URL(name, folder), "utf8")),
  );
  expect(named).toEqual([]);
});
