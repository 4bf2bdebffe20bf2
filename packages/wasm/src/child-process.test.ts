import { buildFixtures, type Fixtures } from "@unroll/vitest-config/fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let fixtures: Fixtures;

beforeAll(async () => {
  fixtures = await buildFixtures(import.meta.url, ["leaves-threads", "forgets-backends", "forgets-programs", "wide-vectors"]);
});
afterAll(() => fixtures.remove());

const collecting = { flags: ["--expose-gc"] };

it("ends with the process, without being told to", async () => {
  expect(await fixtures.run("leaves-threads")).toBe(`3 ${256 * 300 * 256}\n`);
});

it("ends its workers when it is garbage-collected", async () => {
  expect(await fixtures.run("forgets-backends", [], collecting)).toBe("6\n");
});

it("lets workers forget the programs that nobody calls, and no others", async () => {
  expect(await fixtures.run("forgets-programs", [], collecting)).toBe("600\n");
});

describe.each(["plain", "relaxed"])("%s build", (build) => {
  it("gives the same bits with wide vectors", async () => {
    // Functions are optimized before their first call, or they would run once in code that pairs nothing.
    const run = (width: string): Promise<string> => fixtures.run("wide-vectors", [width, build], { flags: ["--no-liftoff"] });
    const narrow = await run("narrow");
    expect(narrow.split("\n")).toHaveLength(20);
    expect(await run("wide")).toBe(narrow);
  });
});
