import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, vi } from "vitest";

/**
 * Runs every `ts` block of a README as a module of its package, in order, each on its own. Where a line reads
 * `console.log(…); // text`, what is logged must equal the text.
 *
 * @param {string} testUrl - `import.meta.url` of `src/readme.test.ts`.
 * @param {{ readme?: string }} options - `readme`, its path from the package's folder, default `README.md`.
 */
export function testReadme(testUrl, { readme = "README.md" } = {}) {
  const root = fileURLToPath(new URL("..", testUrl));
  const blocks = [...readFileSync(join(root, readme), "utf8").matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
  describe("README", () => {
    it("has a snippet", () => expect(blocks).not.toEqual([]));
    blocks.forEach((code, index) => {
      it(`snippet ${index + 1} runs and shows what it says`, async () => {
        const folder = join(root, ".readme");
        const file = join(folder, `snippet-${index + 1}.ts`);
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, code);
        const logged = [];
        const log = vi.spyOn(console, "log").mockImplementation((...values) => logged.push(values.map(String).join(" ")));
        try {
          await import(/* @vite-ignore */ file);
        } finally {
          log.mockRestore();
          rmSync(file);
        }
        const promised = [...code.matchAll(/^\s*console\.log\(.*\);(?: \/\/ (.*))?$/gm)].map(([, text]) => text);
        promised.forEach((text, line) => {
          if (text !== undefined) expect(logged[line]).toBe(text);
        });
        expect(logged).toHaveLength(promised.length);
      });
    });
  });
}
