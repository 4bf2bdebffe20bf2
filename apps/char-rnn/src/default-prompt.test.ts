import { charVocabulary } from "@unroll/data";
import { tensor } from "@unroll/tensor";
import { expect, it } from "vitest";

import { CharModel } from "./char-model.js";
import { defaultPrompt } from "./default-prompt.js";

function promptOf(text: string, bias?: readonly number[]): string {
  const vocabulary = charVocabulary(text);
  const model = new CharModel(vocabulary.size, { cell: "gru", embedding: 2, hidden: 3, layers: 1 }).initialize({ seed: 1 });
  if (bias !== undefined) model.loadStateDict({ "head.bias": tensor(bias) }, { strict: false });
  return defaultPrompt({ model, vocabulary });
}

it("is one the model knows", () => {
  expect(promptOf("The whale")).toBe("The ");
  expect(promptOf("the whale")).toBe("the ");
  expect(promptOf("\n abc", [3, 2, 0, 1, -1])).toBe("b");
  expect(promptOf("😀😁", [0, 1])).toBe("😁");
  expect(promptOf("\n ", [0, 1])).toBe(" ");
});
