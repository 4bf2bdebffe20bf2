import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { createGenerator } from "@unroll/tensor";
import { buildFixtures, type Fixtures } from "@unroll/vitest-config/fixtures";
import { afterAll, beforeAll, expect, it } from "vitest";

let fixtures: Fixtures;

beforeAll(async () => {
  fixtures = await buildFixtures(import.meta.url, ["killed-training"]);
});
afterAll(() => fixtures.remove());

// One life of the training: it is killed `milliseconds` after it has made `updates`, or ends by itself.
function live(name: string, death?: { readonly updates: number; readonly milliseconds: number }): Promise<"killed" | "ended"> {
  const folder = join(fixtures.folder, name);
  mkdirSync(folder, { recursive: true });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fixtures.scriptOf("killed-training"), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let reports = 0;
    child.stdout.on("data", () => {
      if (death !== undefined && ++reports === death.updates) setTimeout(() => child.kill("SIGKILL"), death.milliseconds);
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (signal === "SIGKILL") resolve("killed");
      else if (code === 0) resolve("ended");
      else reject(new Error(`the training ended with ${code}`));
    });
  });
}

it("ends with the same bits after 50 kills at random moments", async () => {
  await live("whole");
  const generator = createGenerator(50);
  let kills = 0;
  for (let round = 0; kills < 50; round++) {
    const name = `killed-${round}`;
    let end: "killed" | "ended";
    do {
      const death = { updates: 1 + generator.integer(3), milliseconds: generator.uniform() * 12 };
      end = await live(name, kills < 50 ? death : undefined);
      if (end === "killed") kills++;
    } while (end === "killed");
    const read = (run: string, file: string): Buffer => readFileSync(join(fixtures.folder, run, file));
    expect(read(name, "log.txt").toString()).toBe(read("whole", "log.txt").toString());
    expect(read(name, "end.safetensors").equals(read("whole", "end.safetensors"))).toBe(true);
    expect(existsSync(join(fixtures.folder, name, "checkpoint.safetensors"))).toBe(true);
  }
  expect(kills).toBe(50);
});
