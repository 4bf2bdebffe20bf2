import { expect, it } from "vitest";

import { suggestedPrompt } from "./suggested-prompt.js";

it.each([
  ["at brown cat", "at brown cat"],
  ["\r\n  Call me\r\nIshmael", "Call me"],
  ["\u200d👧 mat", "👧 mat"],
  ["é 👨\u200d👩 mat", "é 👨"],
  ["\u001b[31mred", "[31mred"],
  ["\n\t \r", undefined],
])("of %j is %j", (text, prompt) => {
  expect(suggestedPrompt(text)).toBe(prompt);
});
