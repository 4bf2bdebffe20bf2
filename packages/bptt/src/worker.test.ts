import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";

import { build, type Rollup } from "vite";
import { expect, it } from "vitest";

interface Message {
  readonly stopped: string;
  readonly loss: number;
  readonly weights: readonly number[];
}

it("trains with nothing but what a Web Worker has, to the same bits", async () => {
  const [built] = (await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@unroll/source"] },
    build: {
      lib: {
        entry: fileURLToPath(new URL("../fixtures/worker-training.ts", import.meta.url)),
        formats: ["iife"],
        name: "training",
      },
      write: false,
    },
  })) as Rollup.RollupOutput[];
  const run = (globals: object): Promise<Message> =>
    new Promise((postMessage) => {
      runInContext(built?.output[0].code ?? "", createContext({ ...globals, performance, postMessage }));
    });
  const worker = await run({ MessageChannel });
  expect(worker.stopped).toBe("done");
  expect(worker.loss).toBeLessThan(0.05);
  const node = await run({ setImmediate });
  expect([...node.weights]).toEqual([...worker.weights]);
});
