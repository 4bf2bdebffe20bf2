import { encodeCheckpoint } from "@unroll/serialize";
import { createGenerator } from "@unroll/tensor";
import { expect, it } from "vitest";

import { openStore, type StoreKind } from "./open-store.js";

type Report = { readonly step: number } | { readonly ended: true; readonly resumedAt: number };

const lives = 6;

// One life of the training: it is killed `milliseconds` after it has made `updates`, or ends by itself.
function live(
  kind: StoreKind,
  name: string,
  death?: { readonly updates: number; readonly milliseconds: number },
): Promise<"killed" | { readonly resumedAt: number }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./killed-training.worker.ts", import.meta.url), { type: "module" });
    let updates = 0;
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if ("ended" in data) {
        worker.terminate();
        resolve(data);
      } else if (++updates === death?.updates) {
        setTimeout(() => {
          worker.terminate();
          resolve("killed");
        }, death.milliseconds);
      }
    };
    worker.postMessage({ kind, name });
  });
}

it.each<StoreKind>(["opfs", "indexedDb"])(
  "a training in a page, killed and resumed from %s, ends with the same bits",
  async (kind) => {
    await live(kind, `whole-${kind}`);
    const whole = encodeCheckpoint(await openStore(kind, `whole-${kind}`).load("end"));
    const generator = createGenerator(8);
    let kills = 0;
    let resumed = 0;
    for (let round = 0; kills < lives; round++) {
      const name = `killed-${kind}-${round}`;
      let end: Awaited<ReturnType<typeof live>>;
      do {
        // Past the next checkpoint, or while it is written.
        const death = { updates: 10 + generator.integer(30), milliseconds: generator.uniform() * 12 };
        end = await live(kind, name, kills < lives ? death : undefined);
        if (end === "killed") kills++;
        else if (end.resumedAt > 0) resumed++;
      } while (end === "killed");
      const store = openStore(kind, name);
      expect(await store.names()).toEqual(["checkpoint", "checkpoint.previous", "end"]);
      expect(encodeCheckpoint(await store.load("end"))).toEqual(whole);
    }
    expect(resumed).toBeGreaterThan(0);
  },
);
