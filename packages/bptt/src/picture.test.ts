import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { drawExplosion, drawFlow } from "../fixtures/exhibits.js";

it("the README shows the pictures of today; `pnpm draw` redraws them", async () => {
  const readme = fileURLToPath(new URL("../README.md", import.meta.url));
  const pictures = [drawFlow(), await drawExplosion()];
  const redrawn = readFileSync(readme, "utf8").replace(/(?<=^```text\n).*?(?=\n```$)/gms, () => pictures.shift() as string);
  expect(pictures).toEqual([]);
  await expect(redrawn).toMatchFileSnapshot(readme);
});
