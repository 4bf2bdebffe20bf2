import { buildFixtures, type Fixtures } from "@unroll/vitest-config/fixtures";
import { afterAll, beforeAll, expect, it } from "vitest";

let fixtures: Fixtures;

beforeAll(async () => {
  fixtures = await buildFixtures(import.meta.url, ["wide-vectors"]);
});
afterAll(() => fixtures.remove());

it("gives the same bits where the engine pairs vectors", async () => {
  // Functions are optimized before their first call, or they would run once in code that pairs nothing.
  const run = (width: string): Promise<string> => fixtures.run("wide-vectors", [width], { flags: ["--no-liftoff"] });
  const narrow = await run("narrow");
  expect(narrow).toMatch(/^gated output /);
  expect(narrow).toMatch(/^random 149 /m);
  expect(await run("wide")).toBe(narrow);
});
