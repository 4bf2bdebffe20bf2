import type { Tensor } from "@unroll/tensor";
import { expect, it, vi } from "vitest";

import { openStore, type StoreKind } from "./open-store.js";

// The worker is killed so many milliseconds after it begins to save, undefined: when it is done.
function saveAndKill(kind: StoreKind, name: string, milliseconds: number | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./killed-save.worker.ts", import.meta.url), { type: "module" });
    const kill = (): void => {
      worker.terminate();
      resolve();
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }: MessageEvent<"saving" | "saved">) => {
      if (data === "saved") kill();
      else if (milliseconds !== undefined) setTimeout(kill, milliseconds);
    };
    worker.postMessage({ kind, name });
  });
}

it.each<StoreKind>(["opfs", "indexedDb"])(
  "%s has the old or the new checkpoint, whole, whenever a save is killed",
  async (kind) => {
    const found: number[] = [];
    for (const milliseconds of [0, 2, 5, 10, 20, 40, 80, undefined]) {
      const name = `save-${kind}-${milliseconds}`;
      await saveAndKill(kind, name, milliseconds);
      const store = openStore(kind, name);
      const { step, x } = (await store.load("kept")) as { step: number; x: Tensor };
      expect(x.shape).toEqual([step === 1 ? 10 : 4_000_000]);
      expect(x.sub(step).abs().max().item()).toBe(0);
      if ((await store.names()).includes("kept.previous")) expect((await store.load("kept.previous"))["step"]).toBe(1);
      found.push(step);
      // The browser takes a while to let go of what a killed worker was writing to.
      for (const each of await store.names()) await vi.waitFor(() => store.remove(each), { timeout: 5000 });
    }
    expect(found.at(0)).toBe(1);
    expect(found.at(-1)).toBe(2);
  },
);
