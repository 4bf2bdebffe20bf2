import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { charVocabulary } from "@unroll/data";
import { adam } from "@unroll/optim";
import { loadCheckpoint, saveCheckpoint } from "@unroll/serialize/node";
import { afterAll, beforeAll, expect, it } from "vitest";

import { CharModel } from "./char-model.js";
import { loadModelFile, saveModelFile } from "./model-file.js";

const folder = mkdtempSync(join(tmpdir(), "char-rnn-model-"));
const whole = join(folder, "whole.safetensors");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const modelSettings = { cell: "gru", embedding: 2, hidden: 3, layers: 1 } as const;
  const model = new CharModel(3, modelSettings).initialize({ seed: 1 });
  await saveModelFile(whole, {
    ...{ model, vocabulary: charVocabulary("abc"), modelSettings, textHash: "" },
    trainingSettings: { text: null, length: 4, batch: 2, epochs: 1, learningRate: 0.1, clip: 1, seed: 1 },
    training: { step: 1, epoch: 0, batch: 1, optimizer: adam().init(model.stateDict()), carried: undefined },
  });
});

async function changed(name: string, change: Record<string, unknown>): Promise<string> {
  const path = join(folder, name);
  await saveCheckpoint(path, { ...(await loadCheckpoint(whole)), ...change });
  return path;
}

it("comes back as it was saved", async () => {
  const { vocabulary, modelSettings, training } = await loadModelFile(whole);
  expect([vocabulary.characters, modelSettings.hidden, training.step]).toEqual([["a", "b", "c"], 3, 1]);
});

it.each([
  [
    "larger layers",
    { modelSettings: { cell: "gru", embedding: 2, hidden: 4, layers: 1 } },
    /another model than the one it describes \(.*train anew/,
  ],
  ["fewer characters", { vocabulary: ["a", "b"] }, /another model .*embedding\.weight has shape \[3, 2\], needs \[2, 2\]/],
  ["a character twice", { vocabulary: ["a", "a", "b"] }, /has a broken vocabulary/],
  [
    "sizes that nobody can have",
    { modelSettings: { cell: "gru", embedding: 2, hidden: 3, layers: 1e9 } },
    /modelSettings\.layers/,
  ],
  ["the name of another app", { app: "other" }, /app: /],
])("with %s is refused by its name", async (name, change, pattern) => {
  const path = await changed(`${name}.safetensors`, change);
  const error = await loadModelFile(path).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "UserError", message: expect.stringMatching(pattern) as string });
  expect((error as Error).message).toContain(path);
});
